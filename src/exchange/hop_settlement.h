// What a peer's answers do to the queue and to the recipients.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exchange/context.h"

namespace tram::exchange {

/// What the peer refused for good, and why.
using RefusedHop = std::pair<OutgoingItem, Error>;

struct SettledHops {
  std::vector<EvidenceRecord> records;  ///< for the observer
  bool unblocked = false;               ///< something that waited for these may go now
};

/// Inside a unit: what the peer took leaves the queue; what it refused becomes a dead letter with a
/// RelayRejection record, whose receipt tells the node the message came from. An item that is
/// settled already (its answer was heard twice) changes nothing.
[[nodiscard]] SettledHops settle_hops(const Context& context, Transaction& transaction,
                                      const std::string& link, const std::vector<OutgoingItem>& taken,
                                      const std::vector<RefusedHop>& refused);

}  // namespace tram::exchange
