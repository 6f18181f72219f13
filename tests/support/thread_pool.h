// Real threads, for tests that the thread sanitizer watches.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/executor.h"

namespace tram::sim {

/// Drops what waits when it stops.
class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  }
  ~ThreadPool() override { stop(); }

  void post(std::function<void()> task) override {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    tasks_.clear();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (stopping_) return;
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

/// Timers that wait for nothing: each task is posted at once, unless its handle is gone by then.
class HastyTimers final : public Timers {
 public:
  explicit HastyTimers(Executor& executor) : executor_(executor) {}

  [[nodiscard]] std::unique_ptr<TimerHandle> after(Duration, std::function<void()> task) override {
    auto handle = std::make_unique<Handle>();
    executor_.post([alive = std::weak_ptr<bool>(handle->alive), task = std::move(task)] {
      if (alive.lock()) task();
    });
    return handle;
  }

 private:
  struct Handle final : TimerHandle {
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  };
  Executor& executor_;
};

}  // namespace tram::sim
