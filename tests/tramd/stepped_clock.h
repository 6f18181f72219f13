// A clock that stands until a test moves it.
#pragma once

#include "base/clock.h"

namespace tram::daemon::testing {

class SteppedClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return from_micros(1'790'000'000'000'000); }
  [[nodiscard]] SteadyTime steady_now() const override { return time; }
  SteadyTime time{};
};

}  // namespace tram::daemon::testing
