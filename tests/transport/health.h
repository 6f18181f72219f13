// grpc.health.v1.Health/Check by hand: its protobuf is not among the installed files.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>

namespace tram::transport::test {

inline constexpr char kServing = 1;  // HealthCheckResponse.ServingStatus
inline constexpr char kNotServing = 2;

struct Health {
  grpc::Status status;
  char serving = 0;
};

inline Health health(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  grpc::GenericStub stub(channel);
  const grpc::Slice empty("");  // an empty HealthCheckRequest: the whole server
  const grpc::ByteBuffer request(&empty, 1);
  grpc::ByteBuffer response;
  Health out;
  auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  call->Finish(&response, &out.status, &out);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  grpc::Slice slice;
  if (out.status.ok() && response.TrySingleSlice(&slice).ok() && slice.size() == 2) {
    out.serving = static_cast<char>(slice.begin()[1]);  // field 1, varint
  }
  return out;
}

}  // namespace tram::transport::test
