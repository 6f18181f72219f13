// What operators do to deliveries: try again, end. Every act is an evidence record that names the operator.
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
  void cancel(const Identity& who, const DeliveryId& id, const std::string& why, Done done);

 private:
  class Act;
  void run(const std::shared_ptr<Act>& act, Result<void> (Act::*step)(Transaction&), Done done);

  const Context& context_;
};

}  // namespace tram::exchange
