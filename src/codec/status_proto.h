// Errors on the wire: google.rpc.Status with its standard details.
#pragma once

#include <google/rpc/status.pb.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "codec/grpc_code.h"

namespace tram::codec {

/// Serialised and in base64 it fits gRPC's 8 KiB of metadata.
inline constexpr std::size_t kMaxStatusBytes = 4096;
/// What RESOURCE_EXHAUSTED asks the caller to wait unless told otherwise.
inline constexpr Duration kDefaultRetryDelay = std::chrono::seconds(1);

/// ErrorInfo (reason; domain "tram"; metadata "remedy" and "field"); for INVALID_ARGUMENT a BadRequest with
/// the fields, else a PreconditionFailure with the causes; for RESOURCE_EXHAUSTED a RetryInfo. Texts are cut
/// and causes dropped beyond kMaxStatusBytes.
[[nodiscard]] google::rpc::Status to_proto(const Error& error, Duration retry_after = kDefaultRetryDelay);

/// The value of the trailing metadata "grpc-status-details-bin".
[[nodiscard]] Bytes status_details(const Error& error, Duration retry_after = kDefaultRetryDelay);

/// Reads any node's status; without details, reason is the code's name. Texts are cut to what to_proto
/// writes.
[[nodiscard]] Error from_proto(const google::rpc::Status& status);

/// From a gRPC call's status: `details` may be empty or damaged; then code and message speak.
[[nodiscard]] Error error_from_status(int code, std::string_view message, BytesView details);

}  // namespace tram::codec
