// Content.Put: one upload, written by workers as it comes.
#pragma once

#include <tram/v1/content.pb.h>

#include "transport/bidi_stream.h"
#include "transport/budget.h"

namespace tram::transport {

/// While a worker stores one frame gRPC reads the next. However the call ends, what came whole is made
/// durable: the client goes on from there. Threads: any.
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
  using Work = void (PutStream::*)();
  struct Arrived {
    grpc::ByteBuffer bytes;
    Hold hold;  ///< empty: the budget has no room for it
  };

  void read_done(bool ok);
  [[nodiscard]] Work go_on();
  void post(Work work);
  void store();
  [[nodiscard]] Result<void> write();
  void settle();
  void finish(const grpc::Status& status);
  void over();
  void cut_off() override;

  grpc::ByteBuffer& response_;
  grpc::ByteBuffer arrived_;  // gRPC's while it reads
  Arrived stored_;            // a worker's while it stores, as the next three
  v1::PutRequest frame_;
  std::unique_ptr<exchange::Upload> upload_;
  bool begun_ = false;
  std::mutex mutex_;  // guards what follows
  Reactor* reactor_ = nullptr;
  std::optional<Arrived> waiting_;  // for a worker
  bool reading_ = false;
  bool storing_ = false;
  bool last_ = false;  // nothing more is read
  bool settling_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
};

/// PERMISSION_DENIED for who is neither an agency nor a peer.
[[nodiscard]] Result<void> may_upload(const exchange::Identity& who);

}  // namespace tram::transport
