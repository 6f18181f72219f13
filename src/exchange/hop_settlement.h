// What becomes of copies that leave a link's queue: taken by the peer, refused by it, or not taken in time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exchange/context.h"

namespace tram::exchange {

/// What the peer refused for good, and why.
using RefusedHop = std::pair<OutgoingItem, Error>;

struct SettledHops {
  std::vector<EvidenceRecord> records;                          ///< for the observer
  std::vector<std::pair<std::string, Error>> refused_receipts;  ///< by link, as well
  bool unblocked = false;  ///< something that waited for these may go now
};

/// Inside a unit: what the peer took leaves the queue; what it refused becomes a dead letter with a
/// RelayRejection record, whose receipt tells the node the message came from. An item that is gone already
/// (its answer was heard twice, or an operator cancelled it) changes nothing.
[[nodiscard]] SettledHops settle_hops(const Context& context, Transaction& transaction,
                                      const std::vector<OutgoingItem>& taken,
                                      const std::vector<RefusedHop>& refused);

/// Inside a unit: copies that the peer did not take in time are given up, each with a RelayFailure record
/// whose receipt tells the node the message came from.
[[nodiscard]] SettledHops give_up_hops(const Context& context, Transaction& transaction,
                                       const std::vector<OutgoingItem>& overdue);

/// After the commit: tells the observer, and that the log grew.
void after_settling(const Context& context, const SettledHops& settled);

}  // namespace tram::exchange
