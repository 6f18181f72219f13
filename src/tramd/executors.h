// The ports of base/executor.h on Boost.Asio: real threads and the steady clock.
//
// A task that throws is a defect, and what it left half done is unknown: the fault handler says so, then the
// process ends (std::terminate), and recovery runs the normal path.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/executor.h"

namespace tram::daemon {

/// Told what a task threw, just before the process ends. Any thread; must not throw. A log that is written
/// behind (EventLog) must be flushed in it.
using FaultHandler = std::function<void(std::string_view what)>;

/// A pool of threads, for what computes or blocks on the disk. Urgent tasks run before all others that wait,
/// but one task in eight is another, so that nothing starves.
class PoolExecutor final : public Executor {
 public:
  PoolExecutor(std::size_t threads, FaultHandler on_fault);
  ~PoolExecutor() override;  ///< as shutdown()

  void post(std::function<void()> task) override;
  void post_urgent(std::function<void()> task) override;
  /// Drops what is posted from now on, finishes what was posted before, and returns when the threads have
  /// ended. Not from a task of this pool.
  void shutdown();

 private:
  using Tasks = std::deque<std::function<void()>>;
  void enqueue(Tasks& queue, std::function<void()> task);
  [[nodiscard]] std::function<void()> next();

  std::mutex mutex_;  // guards the next three
  Tasks urgent_;
  Tasks others_;
  std::uint32_t taken_ = 0;
  boost::asio::thread_pool pool_;  // holds one word of "run the next" for each task that waits
  FaultHandler on_fault_;
  std::atomic<bool> closed_{false};
};

/// The threads that run an io_context, for short work beside the network. Drops what is posted once the
/// io_context is stopped (never run again). The io_context outlives it.
class ContextExecutor final : public Executor {
 public:
  ContextExecutor(boost::asio::io_context& io, FaultHandler on_fault);
  void post(std::function<void()> task) override;

 private:
  boost::asio::io_context& io_;
  FaultHandler on_fault_;
};

/// Timers of an io_context whose tasks run on an executor. Both outlive it and its handles. To end: join the
/// io_context's threads (they post to the executor), then shut the executor down (its tasks hold timers),
/// then destroy the io_context.
///
/// Destroying a handle before its task has begun means that the task never runs, and is destroyed before the
/// destructor returns, with all that it holds. A delay of zero or less still runs on the executor, not inside
/// after(). A handle may be destroyed within its own task.
class AsioTimers final : public Timers {
 public:
  AsioTimers(boost::asio::io_context& io, Executor& executor);
  [[nodiscard]] std::unique_ptr<TimerHandle> after(Duration delay, std::function<void()> task) override;

 private:
  boost::asio::io_context& io_;
  Executor& executor_;
};

}  // namespace tram::daemon
