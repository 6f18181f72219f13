// The connection to a node: gRPC over mutual TLS 1.3.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>

#include "base/error.h"
#include "tramctl/profile.h"

namespace tram::client {

/// Before the first gRPC call of the process: gRPC 1.51 has no setting for the lowest TLS version; a list of
/// suites that TLS 1.2 cannot use without a pre-shared key leaves TLS 1.3 alone.
void set_grpc_environment();

/// Opened at the first call.
struct Connection {
  std::shared_ptr<grpc::Channel> control;  ///< Exchange and everything small
  std::shared_ptr<grpc::Channel>
      content;  ///< Content: a connection of its own, so that large files do not delay
};

/// Reads the profile's TLS files. Errors: FILE_UNREADABLE; KEY_FILE_EXPOSED for a key that any user may read.
[[nodiscard]] Result<Connection> connect(const Profile& profile);

/// What a call answered, with the google.rpc details it carries.
[[nodiscard]] Error error_of(const grpc::Status& status);

/// A unary call with a deadline. `method` is a member of the generated stub.
template <class Response, class Stub, class Method, class Request>
[[nodiscard]] Result<Response> call(Stub& stub, Method method, const Request& request,
                                    std::chrono::seconds within = std::chrono::seconds(30)) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + within);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return error_of(status);
  return response;
}

}  // namespace tram::client
