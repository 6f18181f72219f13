// Submissions that wait for a worker: urgent ones first, agencies in turn.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "model/agency_code.h"

namespace tram::exchange {

/// Of several agencies each has its turn, one submission at a time, and one agency's keep their order; a
/// higher class goes first, but once in eight the lowest that waits. Bounded by its callers: a Send stream
/// has only so many submissions in flight. Threads: any.
class IntakeQueue {
 public:
  using Task = std::function<void()>;
  static constexpr int kClasses = 5;

  void push(int priority, const AgencyCode& sender, Task task);
  /// The next task. REQUIRES: as many were pushed as will be popped.
  [[nodiscard]] Task pop();

 private:
  struct Class {
    std::map<AgencyCode, std::deque<Task>> waiting;  // no empty ones
    std::deque<AgencyCode> turns;                    // each sender that waits, once
  };
  [[nodiscard]] Class& next_class();

  std::mutex mutex_;  // guards what follows
  std::array<Class, kClasses> classes_;
  std::uint32_t popped_ = 0;
};

}  // namespace tram::exchange
