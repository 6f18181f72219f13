#include "exchange/handing_back.h"

#include "codec/header_json.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kAtOnce = 64;
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

}  // namespace

void HandingBack::peer_lacks_since(const std::string& link, Timestamp since) {
  {
    const std::lock_guard lock(mutex_);
    const auto [place, fresh] = done_.try_emplace(link, since);
    if (!fresh && place->second == since) return;
    place->second = since;
  }
  context_.services.observer.note(
      "peer was restored from a backup",
      "link " + link + ": what went there since " + to_rfc3339(since) + " is sent again");
  next(link, since, MessageRow(0));
}

// A few messages a unit, so that nobody waits long behind it.
void HandingBack::next(const std::string& link, Timestamp since, MessageRow after) {
  auto messages = context_.services.messages.stored_since(since - kClockMargin, after, kAtOnce);
  if (messages.empty()) return;
  const MessageRow last = messages.back().row;
  auto shared = std::make_shared<const std::vector<StoredMessage>>(std::move(messages));
  context_.services.messages.submit(
      [this, shared, link](Transaction& transaction) -> Result<void> {
        for (const StoredMessage& message : *shared) {
          OutgoingItem item;
          item.recipients = recipients_behind(context_, message, link);
          if (item.recipients.empty()) continue;
          bool waits = false;
          for (const OutgoingItem& queued : transaction.outgoing_of(message.row))
            waits = waits || queued.link == link;
          if (waits) continue;
          item.link = link;
          item.priority = static_cast<int>(message.priority);
          item.sender = message.key.sender;
          item.message = message.row;
          item.queued_at = context_.now();
          transaction.queue_outgoing(item);
        }
        return {};
      },
      [this, link, since, last](const Result<void>& committed) {
        context_.wakeups.outgoing(link, std::nullopt);
        if (committed) context_.services.workers.post([this, link, since, last] { next(link, since, last); });
      });
}

}  // namespace tram::exchange
