// What one message to a server and back costs over gRPC with mutual TLS.
#pragma once

#include <chrono>
#include <cstdint>

#include "tests/bench/limit_grpc.h"

namespace tram::bench {

struct EchoOptions : TlsFiles {
  std::uint64_t bytes = 10'000;  ///< of a message
  std::chrono::milliseconds time{500};
};

/// Microseconds of CPU time, of client and server together, for one message there and the same message back,
/// on one bidirectional stream with many under way (at most 64, and 8 MB); bytes are neither parsed nor
/// copied. Throws std::runtime_error.
[[nodiscard]] double cost_of_echo(const EchoOptions& options);

}  // namespace tram::bench
