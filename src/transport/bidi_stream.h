// A bidirectional stream on the server: reads on demand, a queue of writes, one end. Logic derives from it
// and never sees gRPC's rules.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/turn.h"
#include "transport/frames.h"
#include "transport/grpc_status.h"
#include "transport/live_streams.h"
#include "transport/wire_message.h"

namespace tram::transport {

/// Answers a call with an error before anything else happens.
template <class Reactor>
class Refusal final : public Reactor {
 public:
  explicit Refusal(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

/// Threads: any. gRPC's reactor lives until OnDone and this object at least as long; callbacks of the node
/// may hold it longer, and then find a call that is over: every method does nothing. The mutex is never held
/// while the logic or the node is called; gRPC runs no reaction inside the Start methods.
template <class In, class Out>
class BidiStream : public LiveStream {
 public:
  using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;  // see wire_message.h
  using LiveStream::LiveStream;

  /// Begins the call; gRPC owns what is answered.
  Reactor* begin() {
    auto* bound = new Bound(std::static_pointer_cast<BidiStream>(shared_from_this()));
    {
      const std::lock_guard lock(mutex_);
      reactor_ = bound;
    }
    enlist();
    started();
    if (backend().live.draining()) drain();
    return bound;
  }

  void end_now(const grpc::Status& status) final {
    {
      const std::lock_guard lock(mutex_);
      if (!reactor_ || finished_) return;
      queue_.clear();
      end_ = status;
      proceed();
      if (finished_) return;
    }
    expect_end();
  }

 protected:
  /// The call has begun.
  virtual void started() { read(); }
  /// One message came, alone in its frame or with others.
  virtual void on_read(In& message) = 0;
  /// All messages of a frame have come; nothing more is read before read() is called again.
  virtual void read_on() = 0;
  /// Nothing more will be read: the client will send no more, or what it sent is no message. Then, when all
  /// that came before is answered, finish(last_word()).
  virtual void on_half_close() = 0;
  /// A message is on its way.
  virtual void on_written(const Out&) {}
  /// The call is over; no other method of the logic is called any more by gRPC.
  virtual void on_over() {}

  /// Of the message that on_read() has.
  [[nodiscard]] std::size_t incoming_bytes() const { return incoming_bytes_; }

  /// What is written from now on may go several messages in a frame: the client can read that.
  void write_together() {
    const std::lock_guard lock(mutex_);
    together_ = true;
  }

  void read() {
    const std::lock_guard lock(mutex_);
    if (!reactor_ || end_ || reading_ || !last_word_.ok()) return;
    reading_ = true;
    reactor_->StartRead(&arrived_);
  }

  void write(Out message) {
    {
      const std::lock_guard lock(mutex_);
      if (!reactor_ || end_) return;
      queue_.push_back(std::move(message));
      if (writing_ || leaving_soon_) return;
      if (!together_) return proceed();
      leaving_soon_ = true;
    }
    Turn::at_end([self = shared_from_this(), this] {
      const std::lock_guard lock(mutex_);
      leaving_soon_ = false;
      proceed();
    });
  }

  /// How to end the call after on_half_close(): OK, or that what came could not be read.
  [[nodiscard]] grpc::Status last_word() const {
    const std::lock_guard lock(mutex_);
    return last_word_;
  }

  /// Ends the call after all that was written.
  void finish(const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    if (!reactor_ || end_) return;
    end_ = status;
    proceed();
  }

 private:
  class Bound final : public Reactor {
   public:
    explicit Bound(std::shared_ptr<BidiStream> stream) : stream_(std::move(stream)) {}
    void OnReadDone(bool ok) override { stream_->read_done(ok); }
    void OnWriteDone(bool ok) override { stream_->write_done(ok); }
    void OnCancel() override { stream_->end_now(grpc::Status::CANCELLED); }
    void OnDone() override {
      stream_->over();
      delete this;
    }

   private:
    const std::shared_ptr<BidiStream> stream_;
  };

  // REQUIRES: mutex_ is held.
  void proceed() {
    if (!reactor_ || finished_ || writing_) return;
    if (!queue_.empty()) {
      outgoing_ = next_frame(queue_, together_);
      leaving_ = to_bytes(outgoing_);
      writing_ = true;
      write_begins();
      reactor_->StartWrite(&leaving_);
    } else if (end_) {
      finished_ = true;
      reactor_->Finish(*end_);
    }
  }

  void read_done(bool ok) {
    const Turn turn;
    incoming_bytes_ = ok ? arrived_.Length() : 0;
    const bool whole = ok && parse(arrived_, incoming_) && well_framed(incoming_);
    {
      const std::lock_guard lock(mutex_);
      reading_ = false;
      if (end_) return;
      if (ok && !whole) last_word_ = to_status(unreadable<In>());
    }
    if (whole) take_frame();
    incoming_ = In();  // what it became in memory does not outlive it, nor wait for the next
    whole ? read_on() : on_half_close();
  }

  void take_frame() {
    std::vector<std::size_t> sizes = message_sizes(incoming_, incoming_bytes_);
    auto size = sizes.begin();
    for_each_message(incoming_, [&](In& message) {
      incoming_bytes_ = *size++;
      if (!ending()) on_read(message);
    });
  }

  [[nodiscard]] bool ending() const {
    const std::lock_guard lock(mutex_);
    return end_.has_value();
  }

  void write_done(bool ok) {
    const Turn turn;
    write_ends();
    if (ok) for_each_message(outgoing_, [this](const Out& message) { on_written(message); });
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) {
      queue_.clear();
      if (!end_) end_ = grpc::Status::CANCELLED;
    }
    proceed();
  }

  void over() {
    {
      const std::lock_guard lock(mutex_);
      reactor_ = nullptr;
      queue_.clear();
    }
    on_over();
    delist();
  }

  void cut_off() final {
    const std::lock_guard lock(mutex_);
    if (reactor_ && !finished_) context().TryCancel();
  }

  // Guards what follows, but for arrived_, incoming_ and incoming_bytes_, which a read has from its start to
  // its reaction, and leaving_ and outgoing_, which a write has likewise.
  mutable std::mutex mutex_;
  Reactor* reactor_ = nullptr;
  grpc::ByteBuffer arrived_;
  In incoming_;
  std::size_t incoming_bytes_ = 0;
  Out outgoing_;
  grpc::ByteBuffer leaving_;
  std::deque<Out> queue_;
  bool together_ = false;
  bool leaving_soon_ = false;  // at the end of somebody's turn
  bool reading_ = false;
  bool writing_ = false;
  bool finished_ = false;
  grpc::Status last_word_;
  std::optional<grpc::Status> end_;
};

/// Opens a stream of `Stream` for whoever calls.
template <class Stream>
typename Stream::Reactor* open_stream(Backend& backend, grpc::CallbackServerContext& context) {
  auto caller = backend.callers.admit(context);
  if (!caller) return new Refusal<typename Stream::Reactor>(to_status(caller.error()));
  return std::make_shared<Stream>(backend, std::move(*caller), context)->begin();
}

}  // namespace tram::transport
