#include "exchange/handing_back.h"

#include <algorithm>

#include "codec/header_json.h"
#include "log/checkpoint.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kAtOnce = 64;
constexpr Duration kBetweenLooks = std::chrono::milliseconds(500);
// The peer's clock and this one may have differed, and jumped since: better some messages twice, which the
// peer knows, than one not at all.
constexpr Duration kClockMargin = std::chrono::hours(24);

// One copy of a message as it went over the link.
struct Copy {
  std::vector<AgencyCode> recipients;
  std::uint32_t retry = 0;
};

// Whom its sender named, and whom a line names besides: an operator forwarded it to them.
std::vector<AgencyCode> all_recipients(const StoredMessage& message, const std::vector<RecipientRow>& lines) {
  const auto header = codec::read_kept_header(message.header);
  if (!header) return {};
  std::vector<AgencyCode> out = header->submission.recipients;
  for (const RecipientRow& line : lines) {
    if (std::find(out.begin(), out.end(), line.agency) == out.end()) out.push_back(line.agency);
  }
  return out;
}

// A dead letter waits for an operator's word, what is closed has had it.
bool goes_on(const RecipientRow& line) {
  return line.state != RecipientState::closed && !is_dead_letter(line.state);
}

// The copies for the recipients behind a link, unless the message came from there. What only passed through
// here has no lines, but of what was sent out again; a retry is a copy of its own, and behind the first one:
// it would make the message known there, and a first copy that comes later would be taken for a repetition.
std::vector<Copy> copies_for(const Context& context, Transaction& transaction, const StoredMessage& message,
                             const std::string& link) {
  if (message.from_link == link) return {};
  const auto lines = transaction.recipients(message.row);
  Copy first;
  std::vector<Copy> retried;
  for (const AgencyCode& agency : all_recipients(message, lines)) {
    if (context.router.link_towards(agency) != link) continue;
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&](const RecipientRow& each) { return each.agency == agency; });
    if (line != lines.end() && !goes_on(*line)) continue;
    if (line != lines.end() && line->retries > 0) {
      retried.push_back({{agency}, line->retries});
    } else {
      first.recipients.push_back(agency);
    }
  }
  if (!first.recipients.empty()) retried.insert(retried.begin(), std::move(first));
  return retried;
}

// Behind what it names, as when it went first, and behind the other copies of the message.
std::vector<MessageRow> goes_after(Transaction& transaction, const StoredMessage& message) {
  std::vector<MessageRow> rows = {message.row};
  for (const MessageKey& named : message.references) {
    if (const auto known = transaction.find(named)) rows.push_back(known->row);
  }
  return rows;
}

// What waits for the link all the same is not queued twice. Answers the rows of all that is queued now.
std::vector<QueueRow> queue_copies(const Context& context, Transaction& transaction,
                                   const StoredMessage& message, const std::string& link) {
  std::vector<QueueRow> rows;
  std::vector<AgencyCode> wait;
  for (const OutgoingItem& queued : transaction.outgoing_of(message.row)) {
    if (queued.link != link) continue;
    rows.push_back(queued.row);
    wait.insert(wait.end(), queued.recipients.begin(), queued.recipients.end());
  }
  for (Copy& copy : copies_for(context, transaction, message, link)) {
    std::erase_if(copy.recipients, [&](const AgencyCode& agency) {
      return std::find(wait.begin(), wait.end(), agency) != wait.end();
    });
    if (copy.recipients.empty()) continue;
    OutgoingItem item;
    item.link = link;
    item.priority = static_cast<int>(message.priority);
    item.sender = message.key.sender;
    item.message = message.row;
    item.after = goes_after(transaction, message);
    item.recipients = std::move(copy.recipients);
    item.retry = copy.retry;
    item.queued_at = context.now();
    rows.push_back(transaction.queue_outgoing(item));
  }
  return rows;
}

// The recipients of a message that lie elsewhere than where it came from.
std::vector<AgencyCode> recipients_beyond(const Context& context, const StoredMessage& message) {
  std::vector<AgencyCode> out;
  const auto header = codec::read_kept_header(message.header);
  if (!header) return out;
  for (const AgencyCode& agency : header->submission.recipients) {
    if (out.size() == kMostRecipientsNamed) break;
    if (context.router.link_towards(agency) != message.from_link) out.push_back(agency);
  }
  return out;
}

}  // namespace

void HandingBack::peer_lacks(const std::string& link, const PeerHello& hello) {
  const Timestamp since = *hello.lacks_since;
  {
    const std::lock_guard lock(mutex_);
    const auto [place, fresh] = work_.try_emplace(link);
    if (!fresh && place->second.since == since) return;
    place->second = Work();
    place->second.since = since;
    place->second.former_origin = hello.former_origin;
  }
  context_.services.observer.note(
      "peer was restored from a backup",
      "link " + link + ": what went there since " + to_rfc3339(since) + " is sent again");
  next(link, since, MessageRow(0));
}

PeerGreeting HandingBack::greeting(const std::string& link) const {
  PeerGreeting out;
  std::string origin;
  {
    const std::lock_guard lock(mutex_);
    const auto found = work_.find(link);
    if (found == work_.end() || !found->second.over) return out;
    out.handed_back = found->second.since;
    origin = found->second.former_origin;
  }
  // Kept after its signature was checked.
  const auto kept = context_.services.messages.latest_checkpoint(origin);
  const auto note = kept ? log::parse_note(*kept) : Result<log::Note>(Error{});
  const auto checkpoint = note ? log::parse_checkpoint(note->text) : Result<log::Checkpoint>(Error{});
  if (checkpoint) out.known_log_size = checkpoint->size;
  return out;
}

HeldPage HandingBack::held(const std::string& link, Timestamp since, std::int64_t after) const {
  HeldPage out;
  const auto messages =
      context_.services.messages.stored_from(link, since - kClockMargin, MessageRow(after), kMostHeldAtOnce);
  for (const StoredMessage& message : messages)
    out.messages.push_back({message.key, recipients_beyond(context_, message)});
  if (messages.size() == kMostHeldAtOnce) out.next = static_cast<std::int64_t>(messages.back().row);
  return out;
}

void HandingBack::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (auto& [link, work] : work_) work.timer.reset();
}

// A few messages a unit, so that nobody waits long behind it. What went over the link since then may have
// waited for it as long as this node is patient.
void HandingBack::next(const std::string& link, Timestamp since, MessageRow after) {
  {
    const std::lock_guard lock(mutex_);
    if (work_for(link, since) == nullptr) return;
  }
  const Timestamp stored = since - context_.settings.patience - kClockMargin;
  auto messages = context_.services.messages.stored_since(stored, after, kAtOnce);
  if (messages.empty()) return look_later(link, since);
  const MessageRow last = messages.back().row;
  auto shared = std::make_shared<const std::vector<StoredMessage>>(std::move(messages));
  auto rows = std::make_shared<std::deque<QueueRow>>();
  context_.services.messages.submit(
      [this, shared, rows, link](Transaction& transaction) -> Result<void> {
        rows->clear();
        for (const StoredMessage& message : *shared) {
          // What was pruned since cannot go again.
          if (!transaction.find(message.key) || transaction.load(message.row).contents_pruned_at) continue;
          const auto queued = queue_copies(context_, transaction, message, link);
          rows->insert(rows->end(), queued.begin(), queued.end());
        }
        return {};
      },
      [this, rows, link, since, last, last_done = after](const Result<void>& committed) {
        if (!committed)
          return later(link, since, [this, link, since, last_done] { next(link, since, last_done); });
        still_queued(link, since, std::move(*rows));
        context_.wakeups.outgoing(link, std::nullopt);
        context_.services.workers.post([this, link, since, last] { next(link, since, last); });
      });
}

void HandingBack::look_later(const std::string& link, Timestamp since) {
  later(link, since, [this, link, since] { look(link, since); });
}

void HandingBack::later(const std::string& link, Timestamp since, std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  Work* work = work_for(link, since);
  if (stopped_ || work == nullptr) return;
  work->timer = context_.services.timers.after(
      kBetweenLooks, [this, task = std::move(task)] { context_.services.workers.post(task); });
}

HandingBack::Work* HandingBack::work_for(const std::string& link, Timestamp since) {
  Work& work = work_[link];
  return work.since == since ? &work : nullptr;
}

std::deque<QueueRow> HandingBack::take_queued(const std::string& link, Timestamp since) {
  const std::lock_guard lock(mutex_);
  Work* work = work_for(link, since);
  return work != nullptr ? std::exchange(work->queued, {}) : std::deque<QueueRow>();
}

void HandingBack::still_queued(const std::string& link, Timestamp since, std::deque<QueueRow> left) {
  const std::lock_guard lock(mutex_);
  Work* work = work_for(link, since);
  if (work != nullptr) work->queued.insert(work->queued.end(), left.begin(), left.end());
}

// What is dead was refused for good: the peer will not have it, and waits for it no longer.
void HandingBack::look(const std::string& link, Timestamp since) {
  const auto queued = std::make_shared<const std::deque<QueueRow>>(take_queued(link, since));
  const auto left = std::make_shared<std::deque<QueueRow>>();
  context_.services.messages.submit(
      [queued, left](Transaction& transaction) -> Result<void> {
        const auto still_there = [&](QueueRow row) {
          const auto item = transaction.outgoing(row);
          return item && item->state != QueueState::dead;
        };
        left->assign(std::find_if(queued->begin(), queued->end(), still_there), queued->end());
        return {};
      },
      [this, link, since, queued, left](const Result<void>& committed) {
        if (committed && left->empty()) return all_is_back(link, since);
        still_queued(link, since, committed ? std::move(*left) : *queued);
        look_later(link, since);
      });
}

void HandingBack::all_is_back(const std::string& link, Timestamp since) {
  {
    const std::lock_guard lock(mutex_);
    Work* work = work_for(link, since);
    if (work == nullptr) return;
    work->over = true;
  }
  context_.services.observer.note("all was handed back", "link " + link);
  context_.services.workers.post([this, link] { context_.wakeups.greet_again(link); });
}

}  // namespace tram::exchange
