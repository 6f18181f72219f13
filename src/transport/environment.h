// What gRPC reads from the process's environment.
#pragma once

namespace tram::transport {

/// Makes TLS 1.3 the only version that gRPC 1.51 speaks. It has no setter for a minimum version, so TLS 1.2
/// is left with one cipher suite that no certificate can use; the suites of TLS 1.3 are not affected. Call it
/// first in main(): gRPC reads the variable once, with its first credentials, and setenv() does not go with
/// other threads.
void prepare_grpc_environment();

}  // namespace tram::transport
