// Hands values from the threads of the code under test to the test.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace tram::transport::test {

inline constexpr std::chrono::seconds kPatience{30};  // only a failing test waits so long

template <class T>
class Mailbox {
 public:
  void put(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    filled_.notify_all();
  }
  /// The next value; throws if none comes.
  T take() {
    std::unique_lock lock(mutex_);
    if (!filled_.wait_for(lock, kPatience, [this] { return !values_.empty(); }))
      throw std::runtime_error("nothing came");
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<T> values_;
};

}  // namespace tram::transport::test
