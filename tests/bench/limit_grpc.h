// What the measurements of bare gRPC share: mutual TLS, and completion queues with few tags.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

namespace tram::bench {

struct TlsFiles {
  std::string roots, node_certificate, node_key, client_certificate, client_key;  ///< PEM
};

enum Tag : std::intptr_t { kStarted = 1, kRead, kWritten, kEnded };

[[nodiscard]] inline void* tag(Tag which) { return reinterpret_cast<void*>(which); }

/// One event of a queue; false when it is shut down and empty.
bool next(grpc::CompletionQueue& queue, Tag& which, bool& ok);
/// REQUIRES: the queue is shut down.
void drain(grpc::CompletionQueue& queue);

/// Makes the builder's server one of `service` on a port of loopback. Throws std::runtime_error.
void listen(grpc::ServerBuilder& builder, const TlsFiles& files, grpc::AsyncGenericService& service,
            int& port);
[[nodiscard]] std::shared_ptr<grpc::Channel> dial(const TlsFiles& files, int port);
/// A message of so many bytes.
[[nodiscard]] grpc::ByteBuffer message(std::uint64_t bytes);

}  // namespace tram::bench
