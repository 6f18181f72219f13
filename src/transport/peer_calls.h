// Calls to peers that are open now, so that they can be cancelled and waited for.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"

namespace tram::transport {

/// One call to a peer. Threads: any.
class PeerCall {
 public:
  virtual ~PeerCall() = default;
  virtual void cancel() = 0;
};

/// Threads: any.
class PeerCalls {
 public:
  /// What calls wait with; both outlive it.
  PeerCalls(Timers& timers, const Clock& clock) : timers_(timers), clock_(clock) {}
  [[nodiscard]] Timers& timers() const { return timers_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

  /// False once closed: the call must not begin.
  [[nodiscard]] bool add(std::shared_ptr<PeerCall> call) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    calls_.push_back(std::move(call));
    return true;
  }

  void remove(const PeerCall& call) {
    std::shared_ptr<PeerCall> last;  // destroyed outside the lock
    const std::lock_guard lock(mutex_);
    const auto at =
        std::find_if(calls_.begin(), calls_.end(), [&](const auto& one) { return one.get() == &call; });
    if (at == calls_.end()) return;
    last = std::move(*at);
    calls_.erase(at);
    if (calls_.empty()) empty_.notify_all();
  }

  /// Cancels all and waits for the last.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    const auto open = calls_;
    lock.unlock();
    for (const auto& call : open) call->cancel();
    lock.lock();
    empty_.wait(lock, [this] { return calls_.empty(); });
  }

 private:
  Timers& timers_;
  const Clock& clock_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable empty_;
  std::vector<std::shared_ptr<PeerCall>> calls_;
  bool closed_ = false;
};

}  // namespace tram::transport
