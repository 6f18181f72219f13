// A stream of answers that workers make one at a time: memory stays flat, and nothing blocks a gRPC thread.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "transport/bidi_stream.h"
#include "transport/job.h"

namespace tram::transport {

/// At every moment either a worker makes a message or gRPC writes one. Threads: any.
template <class Out>
class PulledStream : public LiveStream {
 public:
  using Reactor = grpc::ServerWriteReactor<Out>;
  using LiveStream::LiveStream;

  Reactor* begin() {
    auto* bound = new Bound(std::static_pointer_cast<PulledStream>(shared_from_this()));
    {
      const std::lock_guard lock(mutex_);
      reactor_ = bound;
    }
    enlist();
    pull();
    return bound;
  }

  void end_now(const grpc::Status& status) final {
    {
      const std::lock_guard lock(mutex_);
      if (!reactor_ || finished_) return;
      end_ = status;
    }
    expect_end();
  }

 protected:
  /// The next message, or nullopt at the end. On a worker; one at a time.
  [[nodiscard]] virtual Result<std::optional<Out>> next() = 0;

 private:
  class Bound final : public Reactor {
   public:
    explicit Bound(std::shared_ptr<PulledStream> stream) : stream_(std::move(stream)) {}
    void OnWriteDone(bool ok) override { stream_->written(ok); }
    void OnCancel() override { stream_->end_now(grpc::Status::CANCELLED); }
    void OnDone() override {
      stream_->over();
      delete this;
    }

   private:
    const std::shared_ptr<PulledStream> stream_;
  };

  void pull() {
    const auto self = std::static_pointer_cast<PulledStream>(shared_from_this());
    post_surely(
        backend().workers, [self] { self->give(self->next()); }, [self] { self->give(stopping()); });
  }

  void give(Result<std::optional<Out>> made) {
    const std::lock_guard lock(mutex_);
    if (!end_ && !made) end_ = to_status(made.error());
    if (!end_ && !*made) end_ = grpc::Status::OK;
    if (end_) return finish();
    outgoing_ = std::move(**made);
    write_begins();
    reactor_->StartWrite(&outgoing_);
  }

  void written(bool ok) {
    write_ends();
    {
      const std::lock_guard lock(mutex_);
      if (!ok && !end_) end_ = grpc::Status::CANCELLED;
      if (end_) return finish();
    }
    pull();
  }

  // REQUIRES: mutex_ is held, and nothing is under way.
  void finish() {
    finished_ = true;
    reactor_->Finish(*end_);
  }

  void over() {
    {
      const std::lock_guard lock(mutex_);
      reactor_ = nullptr;
    }
    delist();
  }

  void cut_off() final {
    const std::lock_guard lock(mutex_);
    if (reactor_ && !finished_) context().TryCancel();
  }

  std::mutex mutex_;  // guards what follows
  Reactor* reactor_ = nullptr;
  Out outgoing_;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
};

}  // namespace tram::transport
