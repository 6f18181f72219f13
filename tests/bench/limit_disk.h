// What making a little durable costs, and what making much durable costs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tram::bench {

/// Microseconds of wall time (median) of appending 4 KiB to a file in `folder` and fdatasync, one after
/// another for `time`. Throws std::system_error.
[[nodiscard]] double cost_of_sync(const std::string& folder, std::chrono::milliseconds time);

/// Microseconds of wall time for one payload of `bytes`, appended with others, 4 MiB between two fdatasyncs.
/// Throws std::system_error.
[[nodiscard]] double cost_of_write(const std::string& folder, std::uint64_t bytes,
                                   std::chrono::milliseconds time);

/// Seconds from the first byte of a file of so many MiB to the last one's being durable. Throws
/// std::system_error.
[[nodiscard]] double seconds_of_writing(const std::string& folder, unsigned megabytes);

}  // namespace tram::bench
