#include "transport/grpc_status.h"

#include "codec/status_proto.h"

namespace tram::transport {

grpc::Status to_status(const Error& error) {
  const google::rpc::Status status = codec::to_proto(error);
  return {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()};
}

Error to_error(const grpc::Status& status) {
  return codec::error_from_status(status.error_code(), status.error_message(), status.error_details());
}

Error stopping() {
  return failure(ErrorCode::unavailable, "DRAINING", "the node is stopping", "try again in a moment");
}

}  // namespace tram::transport
