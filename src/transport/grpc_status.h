// Errors as gRPC statuses and back. For the sources of this folder.
#pragma once

#include <grpcpp/support/status.h>

#include "base/error.h"

namespace tram::transport {

/// With google.rpc details in the trailing metadata.
[[nodiscard]] grpc::Status to_status(const Error& error);
/// REQUIRES: not OK.
[[nodiscard]] Error to_error(const grpc::Status& status);
/// UNAVAILABLE: the node is stopping.
[[nodiscard]] Error stopping();

}  // namespace tram::transport
