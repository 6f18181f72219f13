#include "transport/peer_listing.h"

#include <tram/v1/relay.grpc.pb.h>

#include <chrono>

#include "transport/grpc_status.h"
#include "transport/limits.h"
#include "transport/peer_channels.h"
#include "transport/relay_proto.h"

namespace tram::transport {
namespace {

// One page, one call.
class ListingCall final : public PeerCall, public std::enable_shared_from_this<ListingCall> {
 public:
  ListingCall(ListingTask task, PeerCalls& calls)
      : task_(std::move(task)), calls_(calls), stub_(v1::Relay::NewStub(task_.channel)) {}

  void begin() {
    request_.set_since(to_rfc3339(task_.since));
    request_.set_after(task_.after);
    context_.set_deadline(std::chrono::system_clock::now() + kQueryDeadline);
    stub_->async()->ListHeld(&context_, &request_, &response_,
                             [self = shared_from_this()](const grpc::Status& status) {
                               auto done = std::move(self->task_.done);
                               done(self->page(status));
                               done = nullptr;
                               self->calls_.remove(*self);
                             });
  }

  void cancel() override { context_.TryCancel(); }

 private:
  // The request holds no secret; an answer counts only if it is the peer's, also that it knows no such call.
  Result<exchange::HeldPage> page(const grpc::Status& status) const {
    if (status.ok() || status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
      if (const auto right = check_peer(context_.auth_context(), task_.link); !right) return right.error();
    }
    if (!status.ok()) return to_error(status);
    return from_proto(response_);
  }

  ListingTask task_;
  PeerCalls& calls_;
  const std::unique_ptr<v1::Relay::Stub> stub_;
  grpc::ClientContext context_;
  v1::ListHeldRequest request_;
  v1::ListHeldResponse response_;
};

}  // namespace

void begin_listing(ListingTask task, PeerCalls& calls) {
  auto done = task.done;
  auto call = std::make_shared<ListingCall>(std::move(task), calls);
  if (calls.add(call)) return call->begin();
  done(stopping());
}

}  // namespace tram::transport
