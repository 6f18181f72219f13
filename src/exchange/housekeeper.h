// Keeps the files from growing without bound: prunes what is past its time, and collects what that leaves.
//
//   settings.retention.content            contents of finished messages go
//   settings.retention.record             then the messages and their evidence, and log records as old
//   settings.retention.abandoned_upload   uploads that no message took up go
//
// What stays for ever: the log's hashes (every proof and every consistency proof can still be made), a
// checkpoint for every 65,536 entries, the registry. What is never touched: an unfinished message, see
// is_finished().
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "exchange/chores.h"
#include "exchange/clock_trust.h"
#include "exchange/clock_watch.h"
#include "exchange/disk_guard.h"

namespace tram::exchange {

/// A pass every `settings.retention.interval`, if the clock can be relied on: it has run evenly
/// (clock_watch.h) and most peers do not say otherwise (clock_trust.h); none if the interval is zero. A pass
/// is many small steps, with a pause after each that grows with the time the step took: under load it yields.
/// Tells the observer what a pass has done. Threads: any.
class Housekeeper {
 public:
  /// All must outlive it.
  Housekeeper(const Settings& settings, const Services& services, const DiskGuard& disk,
              const ClockTrust& clocks);
  ~Housekeeper();

  void start();  ///< the store is recovered
  void stop();   ///< as Node::stop()
  void hurry();  ///< the next pass begins now, if none is under way

 private:
  using Task = void (Housekeeper::*)();
  [[nodiscard]] Result<Timestamp> now();
  void after(Duration delay, Task task, bool resting = false);
  void rest();
  void begin_pass();
  void step();
  void stepped(SteadyTime began, const Result<bool>& more);
  void end_pass();

  const Settings& settings_;
  const Services& services_;
  const ClockTrust& clocks_;
  std::vector<std::unique_ptr<Chore>> chores_;  // one step at a time touches what follows
  std::size_t chore_ = 0;                       // at work
  std::unique_ptr<ClockWatch> clock_watch_;
  std::string told_;  // why nothing is pruned, as told last
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<TimerHandle> timer_;
  bool resting_ = false;  // no pass is under way: the next one takes this back
  bool stopped_ = false;
};

}  // namespace tram::exchange
