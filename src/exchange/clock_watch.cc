#include "exchange/clock_watch.h"

#include <algorithm>

namespace tram::exchange {

ClockWatch::ClockWatch(const Clock& clock, Duration tolerance, Duration settling,
                       std::optional<Timestamp> newest_known)
    : clock_(clock),
      tolerance_(tolerance),
      settling_(settling),
      wall_(clock.now()),
      steady_(clock.steady_now()),
      needed_(settling),
      why_("the node has just started") {
  if (!newest_known || wall_ - *newest_known < kFarAhead) return;
  needed_ = std::max(settling, kLongSettling);
  why_ =
      "when the node started, the clock was far ahead of the newest message, of " + to_rfc3339(*newest_known);
}

Result<Timestamp> ClockWatch::now() {
  const Timestamp wall = clock_.now();
  const SteadyTime steady = clock_.steady_now();
  const Duration jumped = (wall - wall_) - (steady - steady_);
  if (jumped > tolerance_ || jumped < -tolerance_) {
    why_ = "the clock has jumped by " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(jumped).count()) + " seconds";
    wall_ = wall;
    steady_ = steady;
    const bool far = jumped >= kFarAhead || jumped <= -kFarAhead;
    needed_ = far ? std::max(settling_, kLongSettling) : settling_;
  }
  if (steady - steady_ >= needed_) return wall;
  return failure(ErrorCode::failed_precondition, "CLOCK_UNSETTLED", why_,
                 "nothing is pruned until it has run evenly for a while; check the time of this machine");
}

}  // namespace tram::exchange
