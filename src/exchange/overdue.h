// Giving up: what a peer did not take within the patience of days becomes a dead letter.
#pragma once

#include <memory>
#include <mutex>

#include "exchange/context.h"

namespace tram::exchange {

/// Looks from time to time. A message ages by time that really passed: as far as the wall clock went away
/// from the steady one since the start, forwards and backwards, its patience is longer; and while the peers'
/// clocks say otherwise than this one, nothing is given up. Threads: any.
class Overdue {
 public:
  explicit Overdue(const Context& context) : context_(context) {}

  void start();
  void stop();

 private:
  void schedule();
  void look();
  void give_up(std::vector<OutgoingItem> items);

  const Context& context_;
  std::mutex mutex_;  // guards what follows
  bool stopped_ = true;
  std::unique_ptr<TimerHandle> timer_;
};

}  // namespace tram::exchange
