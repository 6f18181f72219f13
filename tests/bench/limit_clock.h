// How the calibration repeats and counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace tram::bench {

/// CPU time of a clock (CLOCK_THREAD_CPUTIME_ID, CLOCK_PROCESS_CPUTIME_ID) in microseconds.
[[nodiscard]] inline double cpu_microseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// Microseconds of this thread's CPU for one call of `once`, repeated until `time` has passed. CPU time,
/// because others may use the machine meanwhile.
template <typename Once>
[[nodiscard]] double cost_of(std::chrono::milliseconds time, Once once) {
  const auto end = std::chrono::steady_clock::now() + time;
  const double before = cpu_microseconds(CLOCK_THREAD_CPUTIME_ID);
  std::uint64_t count = 0;
  do {
    once();
    ++count;
  } while (std::chrono::steady_clock::now() < end);
  return (cpu_microseconds(CLOCK_THREAD_CPUTIME_ID) - before) / static_cast<double>(count);
}

}  // namespace tram::bench
