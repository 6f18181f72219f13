#include "exchange/alarm_book.h"

#include <algorithm>

#include "codec/evidence_json.h"
#include "codec/text.h"
#include "exchange/operator_act.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kSubjectBytes = 200;
constexpr std::size_t kDetailBytes = 500;
constexpr Duration kKeptAfterAcknowledging = std::chrono::hours(24);

Result<void> require_operator(const Identity& who) {
  if (who.roles.has(Role::operator_)) return {};
  return failure(ErrorCode::permission_denied, "ROLE_MISSING",
                 "the certificate sha256:" + who.certificate.hex() + " is no operator's",
                 "ask the registrar for an entry with the role operator");
}

AlarmCondition cleaned(const AlarmCondition& condition) {
  AlarmCondition out = condition;
  out.subject = codec::clean_text(condition.subject, kSubjectBytes);
  out.detail = codec::clean_text(condition.detail, kDetailBytes);
  return out;
}

}  // namespace

std::string_view name(AlarmChange change) {
  switch (change) {
    case AlarmChange::restored:
      return "restored";
    case AlarmChange::raised:
      return "raised";
    case AlarmChange::again:
      return "again";
    case AlarmChange::acknowledged:
      return "acknowledged";
    case AlarmChange::cleared:
      return "cleared";
  }
  return "?";
}

void AlarmBook::load() {
  std::vector<Alarm> open = context_.services.messages.alarms().open();  // it locks the store: see write()
  const std::lock_guard lock(mutex_);
  for (Alarm& alarm : open) {
    context_.services.observer.alarm(alarm, AlarmChange::restored);
    alarms_.insert_or_assign({alarm.kind, alarm.subject}, std::move(alarm));
  }
}

// A subject that is there keeps its place; a new one has its own as long as there is room.
AlarmBook::Key AlarmBook::place_of(AlarmKind kind, const std::string& subject) const {
  if (alarms_.contains({kind, subject})) return {kind, subject};
  const auto first = alarms_.lower_bound({kind, ""});
  std::size_t count = 0;
  for (auto at = first; at != alarms_.end() && at->first.first == kind; ++at) ++count;
  return {kind, count < kSubjectsOfAKind ? subject : kOthers};
}

void AlarmBook::begin(const Key& key, const AlarmCondition& condition) {
  Alarm alarm;
  alarm.kind = key.first;
  alarm.subject = key.second;
  alarm.last = context_.now();
  alarm.since = condition.since.value_or(alarm.last);
  alarm.count = condition.count;
  alarm.detail = condition.detail;
  context_.services.observer.alarm(alarm, AlarmChange::raised);
  alarms_.emplace(key, std::move(alarm));
  write_behind(key);
}

void AlarmBook::end(const Key& key) {
  const auto found = alarms_.find(key);
  if (found == alarms_.end()) return;
  context_.services.observer.alarm(found->second, AlarmChange::cleared);
  alarms_.erase(found);
  seen_again_.erase(key);
  write_behind(key);
}

void AlarmBook::see_again(Alarm& alarm, const AlarmCondition& condition) {
  alarm.last = context_.now();
  alarm.count = condition.count;
  alarm.detail = condition.detail;
  seen_again_.insert({alarm.kind, alarm.subject});
}

void AlarmBook::raise(AlarmKind kind, const std::string& subject, const std::string& detail) {
  const AlarmCondition event = cleaned({subject, detail, std::nullopt, 1});
  {
    const std::lock_guard lock(mutex_);
    const Key key = place_of(kind, event.subject);
    const auto found = alarms_.find(key);
    if (found == alarms_.end()) {
      begin(key, event);
    } else {
      Alarm& alarm = found->second;
      see_again(alarm, {event.subject, event.detail, std::nullopt, alarm.count + 1});
      if (alarm.acknowledged_at) {
        alarm.acknowledged_at.reset();
        alarm.acknowledged_by.clear();
        context_.services.observer.alarm(alarm, AlarmChange::again);
        write_behind(key);
      }
    }
  }
  write();
}

void AlarmBook::clear(AlarmKind kind, const std::string& subject) {
  {
    const std::lock_guard lock(mutex_);
    end({kind, codec::clean_text(subject, kSubjectBytes)});
  }
  write();
}

// By subject, with what there is no room for put together.
AlarmBook::Conditions AlarmBook::gathered(const std::vector<AlarmCondition>& conditions) {
  Conditions out;
  for (const AlarmCondition& each : conditions) {
    AlarmCondition condition = cleaned(each);
    if (out.size() < kSubjectsOfAKind || out.contains(condition.subject)) {
      out.insert_or_assign(condition.subject, std::move(condition));
      continue;
    }
    const auto [others, fresh] = out.try_emplace(kOthers, condition);
    others->second.subject = kOthers;
    if (!fresh) others->second.count += condition.count;
  }
  return out;
}

void AlarmBook::hold(AlarmKind kind, const std::vector<AlarmCondition>& conditions) {
  const Conditions now = gathered(conditions);
  {
    const std::lock_guard lock(mutex_);
    std::vector<Key> over;
    for (auto at = alarms_.lower_bound({kind, ""}); at != alarms_.end() && at->first.first == kind; ++at) {
      if (!now.contains(at->first.second)) over.push_back(at->first);
    }
    for (const Key& key : over) end(key);
    for (const auto& [subject, condition] : now) {
      const auto found = alarms_.find({kind, subject});
      if (found == alarms_.end()) {
        begin({kind, subject}, condition);
      } else {
        see_again(found->second, condition);
      }
    }
  }
  write();
}

std::vector<Alarm> AlarmBook::list() const {
  std::vector<Alarm> out;
  const std::lock_guard lock(mutex_);
  out.reserve(alarms_.size());
  for (const auto& [key, alarm] : alarms_) out.push_back(alarm);
  return out;
}

void AlarmBook::tick() {
  {
    const std::lock_guard lock(mutex_);
    unwritten_.merge(std::exchange(seen_again_, {}));
    std::vector<Key> over;
    for (const auto& [key, alarm] : alarms_) {
      const bool aside = !ends_by_itself(alarm.kind) && alarm.acknowledged_at;
      if (aside && alarm.last + kKeptAfterAcknowledging < context_.now()) over.push_back(key);
    }
    for (const Key& key : over) end(key);
  }
  write();
}

void AlarmBook::write_behind(const Key& key) { unwritten_.insert(key); }

// One unit writes the state that the alarms have when it runs.
void AlarmBook::write() {
  auto keys = std::make_shared<std::set<Key>>();
  {
    const std::lock_guard lock(mutex_);
    if (writing_ || unwritten_.empty()) return;
    writing_ = true;
    keys->swap(unwritten_);
  }
  context_.services.messages.submit(
      [this, keys](Transaction& transaction) -> Result<void> {
        const std::lock_guard lock(mutex_);
        for (const Key& key : *keys) {
          const auto found = alarms_.find(key);
          if (found == alarms_.end()) {
            transaction.alarms().erase(key.first, key.second);
          } else {
            transaction.alarms().put(found->second);
          }
        }
        return {};
      },
      [this, keys](const Result<void>& committed) { wrote(*keys, committed); });
}

// What was not written is tried again at the next change or tick: at once would only fail again.
void AlarmBook::wrote(const std::set<Key>& keys, const Result<void>& committed) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!committed) {
      unwritten_.insert(keys.begin(), keys.end());
      return;
    }
  }
  write();
}

// Inside the unit, so that a write behind that runs later writes the acknowledgement too.
Result<Alarm> AlarmBook::put_aside(Transaction& transaction, const Identity& who, const Key& key,
                                   std::optional<EvidenceRecord>& record) {
  const std::lock_guard lock(mutex_);
  const auto found = alarms_.find(key);
  if (found == alarms_.end()) {
    return failure(ErrorCode::not_found, "ALARM_UNKNOWN",
                   "there is no alarm " + std::string(name(key.first)) + " of " + key.second,
                   "see tramctl alarms: it may be over");
  }
  Alarm alarm = found->second;
  if (alarm.acknowledged_at) return alarm;
  const std::string by = "sha256:" + who.certificate.hex();
  alarm.acknowledged_at = context_.now();
  alarm.acknowledged_by = who.system.empty() ? by.substr(0, 23) : who.system + " " + by.substr(0, 23);
  EvidenceRecord act =
      operator_act(context_, "ALARM_ACKNOWLEDGED", std::string(name(key.first)) + " " + key.second);
  act.time = *alarm.acknowledged_at;
  act.peer = by;
  transaction.alarms().put(alarm);
  transaction.append_record(codec::write_record(act), std::nullopt, "");
  found->second = alarm;
  record = std::move(act);
  return alarm;
}

// What put_aside() did in a unit that was undone.
void AlarmBook::take_back(const std::optional<Alarm>& seen, std::optional<EvidenceRecord>& record) {
  if (!record.has_value() || !seen) return;
  record.reset();
  const std::lock_guard lock(mutex_);
  const auto found = alarms_.find({seen->kind, seen->subject});
  if (found == alarms_.end() || found->second.acknowledged_at != seen->acknowledged_at) return;
  found->second.acknowledged_at.reset();
  found->second.acknowledged_by.clear();
}

void AlarmBook::acknowledge(const Identity& who, AlarmKind kind, const std::string& subject,
                            std::function<void(Result<Alarm>)> done) {
  if (auto allowed = require_operator(who); !allowed) return done(allowed.error());
  const Key key{kind, codec::clean_text(subject, kSubjectBytes)};
  auto seen = std::make_shared<std::optional<Alarm>>();
  auto record = std::make_shared<std::optional<EvidenceRecord>>();
  context_.services.messages.submit(
      [this, who, key, seen, record](Transaction& transaction) -> Result<void> {
        take_back(*seen, *record);
        auto alarm = put_aside(transaction, who, key, *record);
        if (!alarm) return alarm.error();
        *seen = std::move(*alarm);
        return {};
      },
      [this, seen, record, done = std::move(done)](const Result<void>& committed) {
        if (!committed) {
          take_back(*seen, *record);
          return done(committed.error());
        }
        if (*record) {
          context_.services.observer.recorded(**record);
          context_.services.observer.alarm(**seen, AlarmChange::acknowledged);
          context_.wakeups.log_grew();
        }
        done(**seen);
      });
}

}  // namespace tram::exchange
