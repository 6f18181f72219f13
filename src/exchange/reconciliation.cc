#include "exchange/reconciliation.h"

#include <algorithm>

#include "codec/evidence_json.h"
#include "codec/text.h"
#include "exchange/operator_act.h"

namespace tram::exchange {
namespace {

constexpr std::chrono::seconds kTryAgainAfter(10);
constexpr std::size_t kLongestReason = 200;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

Reconciliation::Reconciliation(const Context& context, Alarms& alarms)
    : context_(context), alarms_(alarms), restored_(context.settings.restored), held_(context) {
  if (!restored_) return;
  open_ = restored_->reconciled;
  for (const LinkSettings& link : context.settings.links) {
    const auto& owed = restored_->owed;
    if (!open_ || std::count(owed.begin(), owed.end(), link.name) != 0) owing_.insert(link.name);
  }
  if (open_) skipped_ = owing_;
}

void Reconciliation::start() {
  if (restored_) proceed();
}

void Reconciliation::peer_said(const std::string& link, const PeerHello& hello) {
  if (!restored_ || hello.handed_back != restored_->lacks_since) return;
  {
    const std::lock_guard lock(mutex_);
    known_size_ = std::max(known_size_, hello.known_log_size);
    if (!owing_.contains(link) || !listing_.try_emplace(link).second) return;
  }
  context_.services.observer.note("peer has handed back", "link " + link);
  list(link);
}

void Reconciliation::list(const std::string& link) {
  held_.fetch(link, [this, link](const Result<void>& listed) {
    listed ? settled(link) : list_later(link, listed.error());
  });
}

void Reconciliation::list_later(const std::string& link, const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    listing_[link] = {error.text(), context_.services.timers.after(kTryAgainAfter, [this, link] {
                        context_.services.workers.post([this, link] { list(link); });
                      })};
  }
  tell();
}

// The peer of a link has done its part.
void Reconciliation::settled(const std::string& link) {
  bool late = false;
  std::vector<std::string> left;
  std::unique_lock telling(telling_);
  {
    const std::lock_guard lock(mutex_);
    listing_.erase(link);
    owing_.erase(link);
    late = skipped_.erase(link) > 0 && open_;
    left = owed();
  }
  if (!late) {
    telling.unlock();
    return proceed();
  }
  const LostMessages lost = held_.lost();
  if (!lost.named.empty()) tell_gap(gap());
  context_.services.observer.reconciled(left, lost);
}

std::vector<std::string> Reconciliation::waited_for() const {
  std::vector<std::string> out;
  std::set_difference(owing_.begin(), owing_.end(), skipped_.begin(), skipped_.end(),
                      std::back_inserter(out));
  return out;
}

std::vector<std::string> Reconciliation::owed() const { return {owing_.begin(), owing_.end()}; }

std::optional<Error> Reconciliation::waiting() const {
  const std::lock_guard lock(mutex_);
  if (open_) return std::nullopt;
  Error error = failure(ErrorCode::unavailable, "RESTORING",
                        "this node was restored from a backup and gets back what it lost (it waits for: " +
                            joined(waited_for()) + "); nothing was stored",
                        "send the same again later; the node's operator sees the alarm \"restoring\"");
  error.retry_after = kTryAgainAfter;
  return error;
}

std::optional<Timestamp> Reconciliation::lacks_since(const std::string& link) const {
  if (!restored_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!owing_.contains(link)) return std::nullopt;
  return restored_->lacks_since;
}

// Tells who is waited for; the last one ends it.
void Reconciliation::proceed() {
  bool done = false;
  {
    const std::lock_guard lock(mutex_);
    if (open_) return;
    done = waited_for().empty() && !std::exchange(finishing_, true);
  }
  tell();
  if (done) context_.services.workers.post([this] { finish(); });
}

void Reconciliation::tell() const {
  const std::lock_guard telling(telling_);
  std::vector<AlarmCondition> conditions;
  {
    const std::lock_guard lock(mutex_);
    if (open_) return;
    for (const std::string& link : waited_for()) {
      const auto listing = listing_.find(link);
      const bool fails = listing != listing_.end() && !listing->second.error.empty();
      conditions.push_back({link,
                            (fails ? "its peer has handed back; the list of what it holds cannot be read: " +
                                         listing->second.error
                                   : "its peer has not yet handed back what went there since " +
                                         to_rfc3339(restored_->lacks_since)) +
                                "; nothing is accepted before",
                            std::nullopt, 1});
    }
  }
  alarms_.hold(AlarmKind::restoring, conditions);
}

std::string Reconciliation::gap() const {
  const LostMessages lost = held_.lost();
  const std::lock_guard lock(mutex_);
  std::string out = "restored from a copy of " + restored_->former_origin + " with " +
                    std::to_string(restored_->log_size) + " entries; ";
  if (known_size_ > restored_->log_size) {
    out += "that log went on to at least " + std::to_string(known_size_) + ": " +
           std::to_string(known_size_ - restored_->log_size) + " entries are gone";
  } else {
    out += "no peer knows of a later entry";
  }
  out += "; what peers sent is back, what local systems sent after " + to_rfc3339(restored_->taken_at) +
         " is not";
  if (!lost.named.empty() || lost.more > 0) {
    out += "; of that, peers hold " + std::to_string(lost.named.size()) + " by name (see tramctl nodes)";
    if (lost.more > 0) out += " and " + std::to_string(lost.more) + " more";
  }
  if (!owing_.empty()) out += "; still owed by: " + joined(owed());
  return out;
}

void Reconciliation::finish() {
  const std::string named = gap();
  const EvidenceRecord record = operator_act(context_, "RECONCILED", named);
  context_.services.messages.submit(
      [bytes = codec::write_record(record)](Transaction& transaction) -> Result<void> {
        transaction.append_record(bytes, std::nullopt, "");
        return {};
      },
      [this, record, named](const Result<void>& committed) {
        if (!committed) return try_later();
        context_.services.observer.recorded(record);
        context_.wakeups.log_grew();
        context_.services.workers.post([this, named] { finished(named); });
      });
}

// A full disk, for one: nobody else would begin it again.
void Reconciliation::try_later() {
  const std::lock_guard lock(mutex_);
  finishing_ = false;
  if (stopped_) return;
  timer_ = context_.services.timers.after(kTryAgainAfter,
                                          [this] { context_.services.workers.post([this] { proceed(); }); });
}

void Reconciliation::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  timer_.reset();
  for (auto& [link, listing] : listing_) listing.timer.reset();
}

void Reconciliation::tell_gap(const std::string& gap) {
  alarms_.raise(AlarmKind::restore_gap, restored_->former_origin, gap);
}

void Reconciliation::finished(const std::string& gap) {
  std::vector<std::string> left;
  const std::lock_guard telling(telling_);
  {
    const std::lock_guard lock(mutex_);
    open_ = true;
    left = owed();
  }
  alarms_.hold(AlarmKind::restoring, {});
  context_.services.observer.note("reconciled after a restore", gap);
  tell_gap(gap);
  context_.services.observer.reconciled(left, held_.lost());
}

void Reconciliation::go_on_without(const Identity& who, const std::string& link, const std::string& why,
                                   Done done) {
  if (!who.roles.has(Role::operator_)) {
    return done(failure(ErrorCode::permission_denied, "ROLE_MISSING",
                        "the certificate sha256:" + who.certificate.hex() + " is no operator's",
                        "ask the registrar for an entry with the role operator"));
  }
  {
    const std::lock_guard lock(mutex_);
    const auto waited = waited_for();
    if (open_ || std::count(waited.begin(), waited.end(), link) == 0) {
      return done(failure(ErrorCode::not_found, "LINK_NOT_WAITED_FOR", "no link " + link + " is waited for",
                          "see the alarms \"restoring\" in tramctl alarms"));
    }
  }
  EvidenceRecord record = operator_act(context_, "GONE_ON_WITHOUT_PEER",
                                       "link " + link + ": " + codec::clean_text(why, kLongestReason));
  record.peer = "sha256:" + who.certificate.hex();
  context_.services.messages.submit(
      [bytes = codec::write_record(record)](Transaction& transaction) -> Result<void> {
        transaction.append_record(bytes, std::nullopt, "");
        return {};
      },
      [this, record, link, done = std::move(done)](const Result<void>& committed) {
        if (!committed) return done(committed.error());
        std::vector<std::string> left;
        {
          const std::lock_guard lock(mutex_);
          if (owing_.contains(link)) skipped_.insert(link);
          left = waited_for();
        }
        context_.services.observer.recorded(record);
        context_.wakeups.log_grew();
        done(left);
        proceed();
      });
}

}  // namespace tram::exchange
