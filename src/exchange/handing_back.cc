#include "exchange/handing_back.h"

#include "codec/header_json.h"
#include "log/checkpoint.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kAtOnce = 64;
constexpr Duration kBetweenLooks = std::chrono::milliseconds(500);
// The peer's clock and this one may have differed, and jumped since: better some messages twice, which the
// peer knows, than one not at all.
constexpr Duration kClockMargin = std::chrono::hours(24);

// The recipients of a message that lie behind a link, unless it came from there.
std::vector<AgencyCode> recipients_behind(const Context& context, const StoredMessage& message,
                                          const std::string& link) {
  std::vector<AgencyCode> out;
  const auto header = codec::read_kept_header(message.header);
  if (!header || message.from_link == link) return out;
  for (const AgencyCode& agency : header->submission.recipients) {
    if (context.router.link_towards(agency) == link) out.push_back(agency);
  }
  return out;
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

// A few messages a unit, so that nobody waits long behind it.
void HandingBack::next(const std::string& link, Timestamp since, MessageRow after) {
  auto messages = context_.services.messages.stored_since(since - kClockMargin, after, kAtOnce);
  if (messages.empty()) return look_later(link);
  const MessageRow last = messages.back().row;
  auto shared = std::make_shared<const std::vector<StoredMessage>>(std::move(messages));
  auto rows = std::make_shared<std::deque<QueueRow>>();
  context_.services.messages.submit(
      [this, shared, rows, link](Transaction& transaction) -> Result<void> {
        for (const StoredMessage& message : *shared) {
          OutgoingItem item;
          item.recipients = recipients_behind(context_, message, link);
          if (item.recipients.empty()) continue;
          // What was pruned since cannot go again.
          if (!transaction.find(message.key) || transaction.load(message.row).contents_pruned_at) continue;
          bool waits = false;
          for (const OutgoingItem& queued : transaction.outgoing_of(message.row)) {
            if (queued.link != link) continue;
            waits = true;
            rows->push_back(queued.row);
          }
          if (waits) continue;
          item.link = link;
          item.priority = static_cast<int>(message.priority);
          item.sender = message.key.sender;
          item.message = message.row;
          item.queued_at = context_.now();
          rows->push_back(transaction.queue_outgoing(item));
        }
        return {};
      },
      [this, rows, link, since, last, last_done = after](const Result<void>& committed) {
        if (!committed) return later(link, [this, link, since, last_done] { next(link, since, last_done); });
        still_queued(link, std::move(*rows));
        context_.wakeups.outgoing(link, std::nullopt);
        context_.services.workers.post([this, link, since, last] { next(link, since, last); });
      });
}

void HandingBack::look_later(const std::string& link) {
  later(link, [this, link] { look(link); });
}

void HandingBack::later(const std::string& link, std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  work_[link].timer = context_.services.timers.after(
      kBetweenLooks, [this, task = std::move(task)] { context_.services.workers.post(task); });
}

std::deque<QueueRow> HandingBack::take_queued(const std::string& link) {
  const std::lock_guard lock(mutex_);
  return std::exchange(work_[link].queued, {});
}

void HandingBack::still_queued(const std::string& link, std::deque<QueueRow> left) {
  const std::lock_guard lock(mutex_);
  auto& queued = work_[link].queued;
  queued.insert(queued.end(), left.begin(), left.end());
}

// What is dead was refused for good: the peer will not have it, and waits for it no longer.
void HandingBack::look(const std::string& link) {
  auto left = std::make_shared<std::deque<QueueRow>>(take_queued(link));
  context_.services.messages.submit(
      [left](Transaction& transaction) -> Result<void> {
        while (!left->empty()) {
          const auto item = transaction.outgoing(left->front());
          if (item && item->state != QueueState::dead) break;
          left->pop_front();
        }
        return {};
      },
      [this, link, left](const Result<void>&) {
        const bool over = left->empty();
        still_queued(link, std::move(*left));
        if (!over) return look_later(link);
        {
          const std::lock_guard lock(mutex_);
          work_[link].over = true;
        }
        context_.services.observer.note("all was handed back", "link " + link);
        context_.services.workers.post([this, link] { context_.wakeups.greet_again(link); });
      });
}

}  // namespace tram::exchange
