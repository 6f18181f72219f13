// Giving up: what a peer did not take within the patience of days becomes a dead letter.
#pragma once

#include <memory>
#include <mutex>

#include "exchange/context.h"

namespace tram::exchange {

/// Looks from time to time. A wall clock that jumped since the last look is not believed: a message ages by
/// time that really passed, at worst one look later. Threads: any.
class Overdue {
 public:
  explicit Overdue(const Context& context) : context_(context) {}

  void start();
  void stop();

 private:
  void schedule();
  void look();
  void give_up(std::vector<OutgoingItem> items);
  [[nodiscard]] bool clock_jumped();

  const Context& context_;
  std::mutex mutex_;  // guards what follows
  bool stopped_ = true;
  Timestamp last_wall_;
  SteadyTime last_steady_;
  std::unique_ptr<TimerHandle> timer_;
};

}  // namespace tram::exchange
