// What making a little durable costs.
#pragma once

#include <chrono>
#include <string>

namespace tram::bench {

/// Microseconds of wall time (median) of appending 4 KiB to a file in `folder` and fdatasync, one after
/// another for `time`. Throws std::system_error.
[[nodiscard]] double cost_of_sync(const std::string& folder, std::chrono::milliseconds time);

}  // namespace tram::bench
