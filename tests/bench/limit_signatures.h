// What one signature, one verification and one digest cost.
#pragma once

#include <chrono>
#include <cstdint>

namespace tram::bench {

/// Microseconds of CPU time of one thread.
struct SignatureCosts {
  double sign = 0, verify = 0;
};

/// Raw signatures over a SHA-256 digest, with a key made for it; repeated for `time` each. Throws
/// std::runtime_error.
[[nodiscard]] SignatureCosts cost_of_p256(std::chrono::milliseconds time);
[[nodiscard]] SignatureCosts cost_of_rsa2048(std::chrono::milliseconds time);

/// Microseconds for one SHA-256 over `bytes`.
[[nodiscard]] double cost_of_sha256(std::uint64_t bytes, std::chrono::milliseconds time);

}  // namespace tram::bench
