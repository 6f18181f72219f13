#include "exchange/backoff.h"

#include <algorithm>

namespace tram::exchange {

Duration backoff(std::uint32_t attempts, Duration first, Duration cap, std::uint64_t seed) {
  Duration wait = first;
  for (std::uint32_t i = 1; i < attempts && wait < cap; ++i) wait *= 2;
  wait = std::min(wait, cap);
  const std::uint64_t mixed = (seed + attempts) * 0x9e3779b97f4a7c15ULL;  // spreads neighbouring seeds
  return wait - Duration(static_cast<std::int64_t>(mixed >> 40) * wait.count() / 4 / (1LL << 24));
}

}  // namespace tram::exchange
