#include "transport/peer_upload.h"

#include <tram/v1/content.grpc.pb.h>

#include <chrono>
#include <optional>
#include <utility>

#include "transport/grpc_status.h"
#include "transport/job.h"
#include "transport/limits.h"
#include "transport/peer_channels.h"

namespace tram::transport {
namespace {

// Asks how much is there, then sends the rest: while gRPC writes one chunk a worker reads the next.
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
    *frame_.mutable_content() = query_;  // of the first frame alone
    frame_.set_offset(offset_);
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
    if (!ok) {
      const std::lock_guard lock(mutex_);
      return let_go();
    }
    const auto right = check_peer(putting_.auth_context(), task_.link);
    if (!right) return give_up(right.error());
    read_ahead();
  }

  void read_ahead() {
    post_surely(
        workers_, [self = shared_from_this()] { self->read_chunk(); },
        [self = shared_from_this()] { self->give_up(stopping()); });
  }

  void read_chunk() {
    const std::uint64_t left = task_.attachment.size - offset_;
    auto bytes = left == 0
                     ? Result<Bytes>(Bytes())
                     : contents_.read(task_.location, offset_, std::min<std::uint64_t>(left, kMaxChunk / 2));
    if (bytes && bytes->empty() && left != 0)
      bytes = failure(ErrorCode::data_loss, "CONTENT_SHORT", "the stored attachment ends too early");
    if (!bytes) return give_up(bytes.error());
    offset_ += bytes->size();
    bool more = false;
    {
      const std::lock_guard lock(mutex_);
      ahead_ = std::move(*bytes);
      more = go_on();
    }
    if (more) read_ahead();
  }

  void written(bool ok) {
    bool more = false;
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      frame_.Clear();
      if (ok) {
        more = go_on();
      } else {
        let_go();
      }
    }
    if (more) read_ahead();
  }

  // Whether a worker has to read on now. REQUIRES: the mutex.
  bool go_on() {
    if (!held_ || writing_ || !ahead_) return false;
    frame_.set_chunk(*std::exchange(ahead_, std::nullopt));
    if (offset_ < task_.attachment.size) {
      writing_ = true;
      reactor_->StartWrite(&frame_);
      return true;
    }
    reactor_->StartWriteLast(&frame_, grpc::WriteOptions());
    let_go();
    return false;
  }

  // No operation is begun any more: the call ends with those that are under way. REQUIRES: the mutex.
  void let_go() {
    if (std::exchange(held_, false)) reactor_->RemoveHold();
  }

  void give_up(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    putting_.TryCancel();
    let_go();
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
    if (first && first->reason == "UPLOAD_OFFSET" && task_.tries > 1) {
      try_again(std::move(done));
    } else {
      done(first ? Result<void>(*first) : Result<void>());
    }
    done = nullptr;
    calls_.remove(*this);
  }

  // A worker may still read for this call: what it looks at stays.
  void try_again(std::function<void(Result<void>)> done) {
    UploadTask again = task_;
    again.done = std::move(done);
    --again.tries;
    begin_upload(std::move(again), contents_, workers_, calls_);
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
  Reactor* reactor_ = nullptr;
  std::uint64_t offset_ = 0;    // of the chunk that is read next
  std::mutex mutex_;            // guards what follows
  std::optional<Error> error_;  // why we ended it
  std::optional<Bytes> ahead_;  // read and not yet given to gRPC
  v1::PutRequest frame_;        // gRPC's while it writes
  bool writing_ = false;
  bool held_ = true;  // gRPC keeps the call for what workers begin
};

}  // namespace

void begin_upload(UploadTask task, exchange::ContentStore& contents, Executor& workers, PeerCalls& calls) {
  auto done = task.done;
  auto call = std::make_shared<UploadCall>(std::move(task), contents, workers, calls);
  if (calls.add(call)) return call->begin();
  done(stopping());
}

}  // namespace tram::transport
