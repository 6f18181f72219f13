// How long a large attachment takes over bare gRPC with mutual TLS.
#pragma once

#include "tests/bench/limit_grpc.h"

namespace tram::bench {

/// Seconds from the first byte until the server's answer to the last, for so many MiB on one client stream in
/// messages of 256 KiB, as nodes send contents. The server reads and drops them. Throws std::runtime_error.
[[nodiscard]] double seconds_of_stream(const TlsFiles& files, unsigned megabytes);

}  // namespace tram::bench
