#include "tramd/executors.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <cstdio>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

namespace tram::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Runs an io_context on threads of its own until the end of the test.
class Context {
 public:
  explicit Context(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { io.run(); });
  }
  ~Context() { finish(); }
  /// Lets everything pending run, then ends the threads.
  void finish() {
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  asio::io_context io;

 private:
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io);
  std::vector<std::thread> threads_;
};

TEST(PoolExecutor, RunsAllThatWasPostedBeforeShutdownAndNothingAfter) {
  std::atomic<int> ran{0};
  PoolExecutor pool(3, {});
  for (int i = 0; i < 1000; ++i) pool.post([&] { ++ran; });
  pool.shutdown();
  EXPECT_EQ(ran, 1000);
  pool.post([&] { ++ran; });
  pool.shutdown();
  EXPECT_EQ(ran, 1000);
}

TEST(PoolExecutor, RunsTasksAtTheSameTime) {
  PoolExecutor pool(2, {});
  std::latch both(2);
  for (int i = 0; i < 2; ++i) pool.post([&] { both.arrive_and_wait(); });  // hangs on one thread
  pool.shutdown();
  EXPECT_TRUE(both.try_wait());
}

TEST(PoolExecutor, RunsUrgentTasksFirstAndStarvesNone) {
  std::latch began(1);
  std::latch held(1);
  std::string order;
  PoolExecutor pool(1, {});
  pool.post([&] {
    began.count_down();
    held.wait();
  });
  began.wait();
  pool.post([&] { order += 'o'; });
  for (int i = 0; i < 10; ++i) pool.post_urgent([&] { order += 'u'; });
  held.count_down();
  pool.shutdown();
  EXPECT_EQ(order, "uuuuuuouuuu");  // the eighth, the one that held them counted
}

TEST(PoolExecutor, TasksMayPostTasks) {
  std::atomic<int> depth{0};
  std::latch done(1);
  PoolExecutor pool(2, {});
  std::function<void()> again = [&] {
    if (++depth < 100)
      pool.post(again);
    else
      done.count_down();
  };
  pool.post(again);
  done.wait();
  EXPECT_EQ(depth, 100);
}

TEST(PoolExecutorDeathTest, AThrowingTaskIsReportedAndEndsTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto die = [](std::function<void()> task) {
    PoolExecutor pool(1, [](std::string_view what) {
      std::fprintf(stderr, "fault: %.*s\n", static_cast<int>(what.size()), what.data());
    });
    pool.post(std::move(task));
    pool.shutdown();
  };
  EXPECT_DEATH(die([] { throw std::runtime_error("broken"); }), "fault: broken");
  EXPECT_DEATH(die([] { throw 5; }), "fault: something that is not");
}

TEST(ContextExecutor, RunsOnTheContextsThreads) {
  Context context(1);
  ContextExecutor executor(context.io, {});
  std::thread::id ran_on;
  executor.post([&] { ran_on = std::this_thread::get_id(); });
  context.finish();
  EXPECT_NE(ran_on, std::thread::id());
  EXPECT_NE(ran_on, std::this_thread::get_id());
  executor.post([] { std::abort(); });  // stopped: dropped
}

TEST(AsioTimers, FiresOnceAfterItsDelayOnTheExecutor) {
  Context context(2);
  PoolExecutor pool(1, {});
  AsioTimers timers(context.io, pool);
  std::latch fired(1);
  const auto begin = std::chrono::steady_clock::now();
  const auto handle = timers.after(2ms, [&] { fired.count_down(); });  // twice would be undefined
  fired.wait();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 2ms);
  context.finish();
}

TEST(AsioTimers, InOrderOfTheirTimes) {
  Context context(1);
  ContextExecutor executor(context.io, {});
  AsioTimers timers(context.io, executor);
  std::vector<int> order;
  const auto late = timers.after(40ms, [&] { order.push_back(2); });
  const auto soon = timers.after(Duration(-5), [&] { order.push_back(1); });
  context.finish();  // run() returns when no timer is pending
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(AsioTimers, ADestroyedHandleNeverFiresAndReleasesItsTaskAtOnce) {
  Context context(1);
  ContextExecutor executor(context.io, {});
  AsioTimers timers(context.io, executor);
  const auto held = std::make_shared<int>(1);
  auto handle = timers.after(Duration::max(), [held] { std::abort(); });
  EXPECT_EQ(held.use_count(), 2);
  handle.reset();
  EXPECT_EQ(held.use_count(), 1);
  context.finish();  // hangs if the timer is still pending
}

TEST(AsioTimers, ATaskAlreadyQueuedIsCancelledToo) {
  asio::io_context io;  // run by hand: one exact order
  ContextExecutor executor(io, {});
  AsioTimers timers(io, executor);
  bool second_ran = false;
  std::unique_ptr<TimerHandle> second;
  // Both are due when the context runs; whichever task begins first ends the other.
  bool first_ran = false;
  std::unique_ptr<TimerHandle> first = timers.after(Duration(0), [&] {
    first_ran = true;
    second.reset();
  });
  second = timers.after(Duration(0), [&] {
    second_ran = true;
    first.reset();
  });
  io.run();
  EXPECT_NE(first_ran, second_ran);
}

TEST(AsioTimers, AHandleMayDieInItsOwnTask) {
  Context context(2);
  ContextExecutor executor(context.io, {});
  AsioTimers timers(context.io, executor);
  std::unique_ptr<TimerHandle> handle;
  std::latch made(1);
  const auto held = std::make_shared<int>(1);
  handle = timers.after(Duration(0), [&, held] {
    made.wait();
    handle.reset();
  });
  made.count_down();
  context.finish();
  EXPECT_EQ(handle, nullptr);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(AsioTimers, CancelledWhileTheyFire) {
  Context context(2);
  PoolExecutor pool(2, {});
  AsioTimers timers(context.io, pool);
  std::atomic<int> ran{0};
  std::vector<std::weak_ptr<int>> held;
  for (int i = 0; i < 2000; ++i) {
    auto state = std::make_shared<int>(i);
    held.push_back(state);
    (void)timers.after(Duration(i % 20), [&ran, state = std::move(state)] { ran += *state >= 0 ? 1 : 0; });
  }
  context.finish();
  pool.shutdown();
  EXPECT_LE(ran, 2000);
  for (const auto& state : held) EXPECT_TRUE(state.expired());
}

}  // namespace
}  // namespace tram::daemon
