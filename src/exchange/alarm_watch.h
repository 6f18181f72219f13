// Looks from time to time for what needs a person: links that are away, documents that are late, inboxes that
// nobody empties, dead letters, a full disk, a clock that jumped.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "exchange/alarm_book.h"
#include "exchange/context.h"

namespace tram::exchange {

/// Conditions are read from the state as it is, never from what happened: an alarm whose cause is gone goes
/// with the next look, also after a restart or a change of the configuration. Threads: any.
class AlarmWatch {
 public:
  using Links = std::function<std::vector<LinkState>()>;

  AlarmWatch(const Context& context, AlarmBook& alarms, Links links)
      : context_(context), alarms_(alarms), links_(std::move(links)) {}

  void start();
  void stop();

 private:
  struct Offset {
    Timestamp wall;
    SteadyTime steady;
  };

  void schedule();
  void look();
  void look_at_clock();
  void look_at_links();
  void look_at_deadlines();
  void look_at_dead_letters();
  void look_at_inboxes();
  void look_at_disk();
  [[nodiscard]] std::optional<AlarmCondition> lateness(const Deadline& deadline) const;

  const Context& context_;
  AlarmBook& alarms_;
  const Links links_;
  std::mutex mutex_;  // guards stopped_ and timer_; what follows belongs to the one look at a time
  bool stopped_ = true;
  std::unique_ptr<TimerHandle> timer_;
  std::uint64_t looks_ = 0;
  Offset last_;
  std::map<std::string, SteadyTime> away_since_;
  std::optional<Deadline> deadline_seen_;  // where the last look at deadlines ended before their end
  std::vector<AlarmCondition> late_;       // found since it began with the first
};

}  // namespace tram::exchange
