// Who hears of commits.
#pragma once

#include <cstddef>
#include <functional>

#include "base/clock.h"

namespace tram::store {

/// Told the units of a transaction and how long it and its syncs took. On the committer's thread: never
/// blocks.
using CommitListener = std::function<void(std::size_t units, Duration took)>;

}  // namespace tram::store
