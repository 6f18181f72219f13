// Certificates that end soon, read from the files that the configuration names.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/executor.h"
#include "exchange/alarms.h"
#include "tramd/config.h"

namespace tram::daemon {

/// One condition a file with a certificate that ends before `before`, or that cannot be read. Reads the files
/// anew: a certificate that was replaced is no longer complained of.
[[nodiscard]] std::vector<exchange::AlarmCondition> expiring_certificates(const Config& config,
                                                                          Timestamp before);

/// Looks at once and every hour, on the executor of `timers`. Threads: one; ends before `alarms` does.
class CertificateWatch {
 public:
  CertificateWatch(const Config& config, const Clock& clock, Timers& timers, exchange::Alarms& alarms)
      : config_(config), clock_(clock), timers_(timers), alarms_(alarms) {}

  void start() { look(); }
  void stop();

 private:
  void look();

  const Config& config_;
  const Clock& clock_;
  Timers& timers_;
  exchange::Alarms& alarms_;
  std::mutex mutex_;  // guards what follows
  bool stopped_ = false;
  std::unique_ptr<TimerHandle> timer_;
};

}  // namespace tram::daemon
