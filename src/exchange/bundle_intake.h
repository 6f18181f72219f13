// Receipts that a peer brings.
#pragma once

#include <functional>

#include "exchange/context.h"
#include "exchange/peers.h"

namespace tram::exchange {

/// Sorts a bundle's records: those of messages that other nodes accepted go on towards these as they came;
/// those of messages accepted here are checked as an exported container is (evidence/receipt_check.h,
/// evidence/receipt_agreement.h), and kept. One that does not hold is left out and reported; if none holds
/// the bundle is refused. `done` after the commit. Threads: any; blocks on the store.
void take_bundle(const Context& context, const Identity& peer, ReceiptBundle bundle,
                 std::function<void(HopOutcome)> done);

}  // namespace tram::exchange
