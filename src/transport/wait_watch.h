// Something that must not wait too long. For the sources of this folder.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/executor.h"

namespace tram::transport {

/// Calls `late` once the oldest wait has lasted for `limit`. A timer runs only while something waits, and is
/// set once a `limit`, not once a wait: the hot path pays for a look at a flag. Threads: any.
class WaitWatch : public std::enable_shared_from_this<WaitWatch> {
 public:
  struct Subject {
    Duration limit;
    /// Since when the oldest waits; nullopt if nothing does.
    std::function<std::optional<SteadyTime>()> since;
    /// Told the age of the oldest wait.
    std::function<void(Duration)> late;
  };
  /// `timers` and `clock` outlive it. Both functions are called by a timer, without any lock.
  WaitWatch(Timers& timers, const Clock& clock, Subject subject)
      : timers_(timers), clock_(clock), subject_(std::move(subject)) {}

  /// Something waits, and `since` says so already.
  void begin();
  /// Nothing is called any more but what has begun. Not from within `since` or `late`.
  void stop();

 private:
  void arm(Duration delay);
  void look();

  Timers& timers_;
  const Clock& clock_;
  const Subject subject_;
  std::atomic<bool> armed_ = false;
  std::mutex mutex_;  // guards what follows
  bool stopped_ = false;
  std::unique_ptr<TimerHandle> timer_;
};

}  // namespace tram::transport
