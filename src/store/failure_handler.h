// What a store does when it can no longer know what is on the disk.
#pragma once

#include <functional>

#include "base/error.h"

namespace tram::store {

/// Called once, on a thread of the store, after a failed commit or sync. It should end the process: nothing
/// is answered any more. May return in tests.
using FailureHandler = std::function<void(const Error&)>;

}  // namespace tram::store
