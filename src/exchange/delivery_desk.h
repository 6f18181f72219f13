// What operators do to deliveries: try again, forward, end. Every act is an evidence record that names the
// operator.
#pragma once

#include <functional>
#include <string>

#include "exchange/context.h"

namespace tram::exchange {

/// Deliveries are named by their deliveryId ("sender/id/recipient"). Threads: any; `done` once, on any
/// thread, after the commit. Errors: PERMISSION_DENIED for who is no operator; NOT_FOUND; FAILED_PRECONDITION
/// when the state does not allow the act, saying why and what to do.
class DeliveryDesk {
 public:
  using Done = std::function<void(Result<DeliveryAct>)>;

  explicit DeliveryDesk(const Context& context) : context_(context) {}

  /// A dead letter sets out anew, from this node, which accepted it. What waits for its link is tried now.
  void retry(const Identity& who, const DeliveryId& id, const std::string& why, Done done);
  /// What certainly has not left this node is ended, and its sender told; a dead letter is closed.
  /// A dead letter goes on to the agency `to`, wrapped in this node's word that its sender did not address it
  /// so. INVALID_ARGUMENT for a malformed code, or one that the message has already. Blocks on the store and
  /// on a signature: call it from a worker.
  void forward(const Identity& who, const DeliveryId& id, const std::string& to, const std::string& why,
               Done done);
  void cancel(const Identity& who, const DeliveryId& id, const std::string& why, Done done);

 private:
  class Act;
  void run(const std::shared_ptr<Act>& act, Result<void> (Act::*step)(Transaction&), Done done);

  const Context& context_;
};

}  // namespace tram::exchange
