// Error codes as gRPC numbers them (google.rpc.Code).
#pragma once

#include "base/error.h"

namespace tram::codec {

/// 1 to 16; never 0 (OK).
[[nodiscard]] int grpc_code(ErrorCode code);

/// DEADLINE_EXCEEDED reads as unavailable (ask again with the same id), OUT_OF_RANGE as invalid_argument,
/// anything else unknown as internal.
[[nodiscard]] ErrorCode error_code_from_grpc(int code);

}  // namespace tram::codec
