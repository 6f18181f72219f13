// The one source of time. Everything that needs a time is handed a Clock, so that a simulator can own it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tram {

using Duration = std::chrono::microseconds;
using Timestamp = std::chrono::sys_time<Duration>;  ///< UTC; what is written down and shown
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;  ///< never jumps; for waits

/// Threads: every method may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
};

/// The operating system's clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] SteadyTime steady_now() const override;
};

/// RFC 3339 in UTC with six decimals: "2026-11-24T18:20:11.123456Z". Of the years 0 to 9999.
[[nodiscard]] std::string to_rfc3339(Timestamp time);

/// Reads what to_rfc3339 writes: UTC ("Z") with zero to six decimals; anything else is an error.
[[nodiscard]] Result<Timestamp> from_rfc3339(std::string_view text);

[[nodiscard]] inline std::int64_t to_micros(Timestamp time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Timestamp from_micros(std::int64_t micros) { return Timestamp(Duration(micros)); }

}  // namespace tram
