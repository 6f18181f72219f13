// No new work while the disk is nearly full: what was promised must still find room.
//
//   free ≥ low + a quarter    new work is taken (again), the reserve is whole (again)
//   free < low                submissions, relayed messages and uploads get RESOURCE_EXHAUSTED, before
//   anything is
//                             promised; acknowledgements, hand-overs, receipts and answers go on
//   free < reserve            the reserve is given free, for these
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "exchange/node.h"

namespace tram::exchange {

/// Looks at the disk every `settings.disk.look`. Threads: any.
class DiskGuard {
 public:
  /// Both must outlive it. Without a disk to look at there is always room.
  DiskGuard(const Settings& settings, const Services& services) : settings_(settings), services_(services) {}

  /// `when_low`: called each time the disk runs low, on a worker.
  void start(std::function<void()> when_low);
  void stop();

  /// Success while there is room for new work; else RESOURCE_EXHAUSTED, DISK_LOW. Never blocks.
  [[nodiscard]] Result<void> admit() const;
  /// While the disk is low: how much was free when it became so.
  [[nodiscard]] std::optional<std::string> low_since() const;

 private:
  void look();
  void schedule();
  [[nodiscard]] std::uint64_t low(const DiskRoom& room) const;
  void judge(const DiskRoom& room);
  void tell(std::string_view event, const DiskRoom& room);

  const Settings& settings_;
  const Services& services_;
  std::function<void()> when_low_;
  std::atomic<bool> low_{false};
  bool unreadable_ = false;   // one look at a time touches it
  mutable std::mutex mutex_;  // guards what follows
  std::string state_;
  std::unique_ptr<TimerHandle> timer_;
  bool stopped_ = true;
};

}  // namespace tram::exchange
