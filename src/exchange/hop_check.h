// What a relayed message must be before it is taken over.
#pragma once

#include "exchange/brought_certificates.h"
#include "exchange/context.h"
#include "exchange/filing.h"

namespace tram::exchange {

/// The answer to one hop before any transaction: an outcome, or a filing to write.
struct CheckedHop {
  std::optional<HopOutcome> outcome;
  std::shared_ptr<Filing> filing;
  bool log_refusal =
      false;              ///< the outcome is a refusal of our own judgement: a RelayRejection goes to the log
  StoredMessage refused;  ///< what that record says
};

/// Every check of the contract on one relayed message, which came at that time on a stream that brought those
/// certificates; blocks on the content store, computes signatures.
[[nodiscard]] CheckedHop check_hop(const Context& context, const Identity& peer,
                                   const BroughtCertificates& brought, HopMessage hop, SteadyTime came);

/// "accepted" if the store holds this very message from this very link; a refusal if it holds another under
/// the same key.
[[nodiscard]] HopOutcome known_hop(const KnownMessage& known, const Filing& filing);

}  // namespace tram::exchange
