// Ports for running work and waiting: real threads in the daemon, one virtual thread in the simulator.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/clock.h"

namespace tram {

/// Runs tasks. Threads: post() from any thread; tasks run in an unspecified order on an unspecified thread
/// and must not throw. A task posted after shutdown is dropped. Work for urgent documents is posted as
/// urgent: it may run before what was posted earlier.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(std::function<void()> task) = 0;
  virtual void post_urgent(std::function<void()> task) { post(std::move(task)); }
};

/// Cancels its timer when destroyed; a task already running is not waited for.
class TimerHandle {
 public:
  virtual ~TimerHandle() = default;
};

/// Runs a task once after a delay on the steady clock. Threads: any.
class Timers {
 public:
  virtual ~Timers() = default;
  [[nodiscard]] virtual std::unique_ptr<TimerHandle> after(Duration delay, std::function<void()> task) = 0;
};

}  // namespace tram
