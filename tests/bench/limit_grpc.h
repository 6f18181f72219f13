// What the measurements of bare gRPC share: mutual TLS, and completion queues with few tags.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

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

/// A server of one call on a port of loopback, in a thread of its own.
class OneCall {
 public:
  /// Until the call is over and nothing is under way. Its first event is kStarted.
  using Serve =
      std::function<void(grpc::CompletionQueue& queue, grpc::GenericServerAsyncReaderWriter& stream)>;

  /// Throws std::runtime_error.
  OneCall(const TlsFiles& files, Serve serve);
  ~OneCall();
  OneCall(const OneCall&) = delete;
  OneCall& operator=(const OneCall&) = delete;

  [[nodiscard]] int port() const { return port_; }

 private:
  int port_ = 0;
  const Serve serve_;
  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  std::thread thread_;
};

[[nodiscard]] std::shared_ptr<grpc::Channel> dial(const TlsFiles& files, int port);
/// A message of so many bytes.
[[nodiscard]] grpc::ByteBuffer message(std::uint64_t bytes);

}  // namespace tram::bench
