// Content.Put: one upload, written by workers as it comes.
#pragma once

#include <tram/v1/content.pb.h>

#include "transport/bidi_stream.h"
#include "transport/budget.h"

namespace tram::transport {

/// At every moment either gRPC reads a frame or a worker stores one. However the call ends, what came whole
/// is made durable: the client goes on from there. Threads: any.
class PutStream final : public LiveStream {
 public:
  using Reactor = grpc::ServerReadReactor<grpc::ByteBuffer>;  // of bytes: see wire_message.h
  /// `response` gets a ContentState and lives as long as the call.
  PutStream(Backend& backend, Caller caller, grpc::CallbackServerContext& context,
            grpc::ByteBuffer& response);

  Reactor* begin();
  void end_now(const grpc::Status& status) override;

 private:
  class Bound;
  void read_done(bool ok);
  void post(void (PutStream::*work)());
  void store();
  [[nodiscard]] Result<void> write();
  void close();
  void settle();
  void finish(const grpc::Status& status);
  void over();
  void cut_off() override;

  grpc::ByteBuffer& response_;
  grpc::ByteBuffer arrived_;                  // gRPC's while it reads, a worker's while it stores
  v1::PutRequest frame_;                      // as arrived_
  std::unique_ptr<exchange::Upload> upload_;  // as arrived_
  bool begun_ = false;                        // as arrived_
  Hold hold_;                                 // as arrived_
  std::mutex mutex_;                          // guards what follows
  Reactor* reactor_ = nullptr;
  bool reading_ = false;
  bool closing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
};

/// PERMISSION_DENIED for who is neither an agency nor a peer.
[[nodiscard]] Result<void> may_upload(const exchange::Identity& who);

}  // namespace tram::transport
