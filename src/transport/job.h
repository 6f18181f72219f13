// Work that must be answered even if nobody does it.
#pragma once

#include <functional>

#include "base/executor.h"

namespace tram::transport {

/// Posts `work`. If the executor drops it, because it has been shut down, `dropped` is called instead: a gRPC
/// call that is never finished would keep its server from ever ending.
void post_surely(Executor& executor, std::function<void()> work, std::function<void()> dropped);

}  // namespace tram::transport
