// How long to wait before the next try.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace tram::exchange {

/// `first` doubled for each failed try after the first, at most `cap`, less up to a quarter chosen by `seed`:
/// many nodes that lost one peer do not come back in one moment. `attempts` counts from 1.
[[nodiscard]] Duration backoff(std::uint32_t attempts, Duration first, Duration cap, std::uint64_t seed);

}  // namespace tram::exchange
