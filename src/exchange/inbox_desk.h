// Handing messages over to agencies' document systems: streams on one inbox compete; a claim belongs to its
// stream.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "exchange/context.h"

namespace tram::exchange {

class DeskStream;

/// Threads: any.
class InboxDesk {
 public:
  explicit InboxDesk(const Context& context) : context_(context) {}

  [[nodiscard]] Result<std::shared_ptr<InboxStream>> open(const Identity& who,
                                                          std::shared_ptr<InboxEvents> events);
  /// See Node::waiting().
  [[nodiscard]] Result<std::vector<WaitingDelivery>> list(const Identity& who,
                                                          const std::optional<InboxPlace>& after,
                                                          std::size_t limit) const;
  /// Something waits in this inbox.
  void wake(const AgencyCode& agency, const std::string& inbox);
  /// Tells every stream.
  void drain();

 private:
  // The streams on one inbox.
  struct Competing {
    std::vector<std::weak_ptr<DeskStream>> streams;
    std::size_t next = 0;  // wakes take turns among them
  };
  using Inbox = std::pair<AgencyCode, std::string>;

  const Context& context_;
  std::mutex mutex_;  // guards inboxes_
  std::map<Inbox, Competing>
      inboxes_;  // one whose streams are gone stays: there are no more than registry entries
};

/// "sender/id/recipient": stable over redeliveries, restarts and restores.
[[nodiscard]] DeliveryId delivery_id(const MessageKey& message, const AgencyCode& recipient);
/// INVALID_ARGUMENT, DELIVERY_ID_MALFORMED.
[[nodiscard]] Result<std::pair<MessageKey, AgencyCode>> parse_delivery_id(const DeliveryId& id);

}  // namespace tram::exchange
