// What is looked at now and then.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "base/executor.h"

namespace tram::daemon {

/// Does a piece of work again and again on the executor of `timers`. It must outlive that executor's work:
/// stop() is followed by the executor's shutdown.
class Repeated {
 public:
  Repeated(Timers& timers, Duration between, std::function<void()> work)
      : timers_(timers), between_(between), work_(std::move(work)) {}

  /// Once now, on the caller's thread, then `between` after each end.
  void start() {
    work_();
    const std::lock_guard lock(mutex_);
    if (!stopped_) timer_ = timers_.after(between_, [this] { start(); });
  }
  /// None begins any more; one may be under way. Threads: any.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    timer_.reset();
  }

 private:
  Timers& timers_;
  const Duration between_;
  const std::function<void()> work_;
  std::mutex mutex_;  // guards what follows
  bool stopped_ = false;
  std::unique_ptr<TimerHandle> timer_;
};

}  // namespace tram::daemon
