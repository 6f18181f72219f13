// Streams that are open now, so that they can be told of draining, checked again, ended and waited for.
#pragma once

#include <grpcpp/server_context.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "transport/backend.h"
#include "transport/callers.h"
#include "transport/wait_watch.h"

namespace tram::transport {

/// One open stream of one caller. Threads: any.
class LiveStream : public std::enable_shared_from_this<LiveStream> {
 public:
  LiveStream(Backend& backend, Caller caller, grpc::CallbackServerContext& context)
      : backend_(backend), caller_(std::move(caller)), address_(context.peer()), context_(context) {}
  virtual ~LiveStream() = default;

  /// The node is stopping.
  virtual void drain() {}
  /// Ends the call; what waits to be written is dropped.
  virtual void end_now(const grpc::Status& status) = 0;
  /// Ends the call unless the caller is still who it was.
  void confirm();

  [[nodiscard]] const exchange::Identity& who() const { return caller_.identity; }

 protected:
  [[nodiscard]] Backend& backend() const { return backend_; }
  /// Valid until the call is over: for reactions of gRPC, or under the lock that says it is not over.
  [[nodiscard]] grpc::CallbackServerContext& context() const { return context_; }
  /// The listener of refused calls hears of it, if it is for what the caller is.
  void tell_if_refused(const Error& error) const;
  /// At the beginning and at the end of the call.
  void enlist();
  void delist();
  /// Between a write and the word that it is done lies the client's reading: a call whose client reads
  /// nothing for ServerOptions::read_patience while something is to be read is ended and cut off.
  void write_begins();
  void write_ends() { writing_since_ = kNoWrite; }
  /// Calls cut_off() if the call still lives after kUnreadPatience.
  void expect_end();
  /// Cancels the call: its client does not read.
  virtual void cut_off() = 0;

 private:
  static constexpr SteadyTime kNoWrite = SteadyTime::max();
  void watch_expiry();
  void watch_reading();

  Backend& backend_;
  const Caller caller_;
  const std::string address_;  // a copy: the call may be over when it is told
  grpc::CallbackServerContext& context_;
  std::shared_ptr<WaitWatch> reading_;  // from enlist() on
  std::atomic<SteadyTime> writing_since_ = kNoWrite;
  std::mutex timers_;  // guards what follows
  bool over_ = false;
  std::unique_ptr<TimerHandle> expiry_;
  std::unique_ptr<TimerHandle> patience_;
};

/// Threads: any.
class LiveStreams {
 public:
  /// False if its caller's certificate has more than `most` open now; it is added nevertheless.
  [[nodiscard]] bool add(std::shared_ptr<LiveStream> stream, int most);
  void remove(const LiveStream& stream);

  void drain();
  [[nodiscard]] bool draining() const;
  void confirm();
  void end(const grpc::Status& status);
  /// Waits until no stream is open; false if some are after `patience`.
  bool wait(std::chrono::milliseconds patience);
  void wait();

 private:
  [[nodiscard]] std::vector<std::shared_ptr<LiveStream>> all() const;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable empty_;
  std::vector<std::shared_ptr<LiveStream>> streams_;
  std::map<Digest, int> by_certificate_;
  bool draining_ = false;
};

}  // namespace tram::transport
