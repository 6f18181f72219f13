// Whether the wall clock can be relied on for what cannot be undone.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/error.h"

namespace tram::exchange {

/// A wall clock that was wrong, or is, must not prune. Nobody here can tell which time is right; but a wrong
/// clock is mostly put right soon (NTP, an operator), and that is a jump against the steady clock. So the
/// wall clock is relied on once it has run evenly for `settling`, counted anew from each jump; and for
/// `kLongSettling` if it jumped far, or stood far ahead of the newest message when the node started: then the
/// node was off for long, or the clock leapt while it was. One thread at a time.
class ClockWatch {
 public:
  static constexpr Duration kLongSettling = std::chrono::hours(24);
  static constexpr Duration kFarAhead = std::chrono::hours(24 * 7);

  /// `tolerance`: what both clocks may differ by and have not jumped. `newest_known`: the newest time that
  /// the node wrote down before it started.
  ClockWatch(const Clock& clock, Duration tolerance, Duration settling,
             std::optional<Timestamp> newest_known);

  /// The time, if it can be relied on. FAILED_PRECONDITION, CLOCK_UNSETTLED otherwise.
  [[nodiscard]] Result<Timestamp> now();

 private:
  const Clock& clock_;
  const Duration tolerance_;
  const Duration settling_;
  Timestamp wall_;
  SteadyTime steady_;
  Duration needed_;
  std::string why_;
};

}  // namespace tram::exchange
