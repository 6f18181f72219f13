#include "transport/peer_upload.h"

#include <tram/v1/content.grpc.pb.h>

#include <chrono>
#include <optional>

#include "transport/grpc_status.h"
#include "transport/job.h"
#include "transport/limits.h"
#include "transport/peer_channels.h"

namespace tram::transport {
namespace {

// Asks how much is there, then sends the rest, one chunk in memory. At every moment either gRPC has something
// to do or a worker reads a chunk.
class UploadCall final : public PeerCall, public std::enable_shared_from_this<UploadCall> {
 public:
  UploadCall(UploadTask task, exchange::ContentStore& contents, Executor& workers, PeerCalls& calls)
      : task_(std::move(task)),
        contents_(contents),
        workers_(workers),
        calls_(calls),
        stub_(v1::Content::NewStub(task_.channel)) {}

  void begin() {
    query_.set_sha256(Bytes(task_.attachment.sha256.bytes()));
    query_.set_size(task_.attachment.size);
    asking_.set_deadline(std::chrono::system_clock::now() + kQueryDeadline);
    stub_->async()->Query(&asking_, &query_, &state_,
                          [self = shared_from_this()](const grpc::Status& status) { self->asked(status); });
  }

  void cancel() override {
    {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = stopping();
    }
    asking_.TryCancel();
    putting_.TryCancel();
  }

 private:
  class Reactor final : public grpc::ClientWriteReactor<v1::PutRequest> {
   public:
    explicit Reactor(std::shared_ptr<UploadCall> call) : call_(std::move(call)) {}
    void OnReadInitialMetadataDone(bool ok) override { call_->connected(ok); }
    void OnWriteDone(bool ok) override { call_->written(ok); }
    void OnDone(const grpc::Status& status) override {
      call_->put_done(status);
      delete this;
    }

   private:
    const std::shared_ptr<UploadCall> call_;
  };

  void asked(const grpc::Status& status) {
    if (!status.ok()) return end(to_error(status));
    const auto right = check_peer(asking_.auth_context(), task_.link);
    if (!right) return end(right.error());
    if (state_.complete()) return end({});
    if (state_.stored() > task_.attachment.size)
      return end(
          failure(ErrorCode::internal, "ANSWER_MALFORMED", "the peer says that it has more than there is"));
    offset_ = state_.stored();
    put();
  }

  void put() {
    const std::chrono::seconds slowest(task_.attachment.size / kSlowestRate);
    putting_.set_deadline(std::chrono::system_clock::now() + kPutPatience + slowest);
    auto* reactor = new Reactor(shared_from_this());
    reactor_ = reactor;
    stub_->async()->Put(&putting_, &state_, reactor);
    reactor->AddHold();  // chunks come from workers
    reactor->StartCall();
  }

  // Nothing is sent before the peer's certificate was compared on this very connection.
  void connected(bool ok) {
    if (!ok) return reactor_->RemoveHold();
    const auto right = check_peer(putting_.auth_context(), task_.link);
    if (!right) return give_up(right.error());
    read_chunk();
  }

  void read_chunk() {
    post_surely(
        workers_, [self = shared_from_this()] { self->send_chunk(); },
        [self = shared_from_this()] { self->give_up(stopping()); });
  }

  void send_chunk() {
    const std::uint64_t left = task_.attachment.size - offset_;
    auto bytes = left == 0
                     ? Result<Bytes>(Bytes())
                     : contents_.read(task_.location, offset_, std::min<std::uint64_t>(left, kMaxChunk / 2));
    if (bytes && bytes->empty() && left != 0)
      bytes = failure(ErrorCode::data_loss, "CONTENT_SHORT", "the stored attachment ends too early");
    if (!bytes) return give_up(bytes.error());
    frame_.Clear();
    if (!begun_) {
      *frame_.mutable_content() = query_;
      frame_.set_offset(offset_);
      begun_ = true;
    }
    offset_ += bytes->size();
    frame_.set_chunk(std::move(*bytes));
    reactor_->StartWrite(&frame_);
  }

  void written(bool ok) {
    if (ok && offset_ < task_.attachment.size) return read_chunk();
    if (ok) reactor_->StartWritesDone();
    reactor_->RemoveHold();
  }

  void give_up(const Error& error) {
    {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = error;
    }
    putting_.TryCancel();
    reactor_->RemoveHold();
  }

  void put_done(const grpc::Status& status) {
    if (!status.ok()) return end(to_error(status));
    if (!state_.complete()) return end(ended_early());
    end({});
  }

  void end(const std::optional<Error>& error) {
    std::optional<Error> first;
    {
      const std::lock_guard lock(mutex_);
      first = error_ && error ? error_ : error;
    }
    auto done = std::move(task_.done);
    done(first ? Result<void>(*first) : Result<void>());
    done = nullptr;
    calls_.remove(*this);
  }

  UploadTask task_;
  exchange::ContentStore& contents_;
  Executor& workers_;
  PeerCalls& calls_;
  const std::unique_ptr<v1::Content::Stub> stub_;
  grpc::ClientContext asking_;
  grpc::ClientContext putting_;
  // One step at a time touches these.
  v1::ContentQuery query_;
  v1::ContentState state_;
  v1::PutRequest frame_;
  Reactor* reactor_ = nullptr;
  std::uint64_t offset_ = 0;
  bool begun_ = false;
  std::mutex mutex_;            // guards error_
  std::optional<Error> error_;  // why we ended it
};

}  // namespace

void begin_upload(UploadTask task, exchange::ContentStore& contents, Executor& workers, PeerCalls& calls) {
  auto done = task.done;
  auto call = std::make_shared<UploadCall>(std::move(task), contents, workers, calls);
  if (calls.add(call)) return call->begin();
  done(stopping());
}

}  // namespace tram::transport
