// Certificates that end soon, read from the files that the configuration names.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "base/sha256.h"
#include "exchange/alarms.h"
#include "tramd/config.h"
#include "tramd/repeated.h"

namespace tram::daemon {

/// SHA-256 of the files with certificates as they are now; those that cannot be read are left out.
using CertificateFiles = std::map<std::filesystem::path, Digest>;
[[nodiscard]] CertificateFiles certificate_files(const Config& config);

/// One condition a file with a certificate that ends before `before`, or that cannot be read, or that is not
/// what it was when the node began: it goes on with what it read then.
[[nodiscard]] std::vector<exchange::AlarmCondition> expiring_certificates(const Config& config,
                                                                          const CertificateFiles& in_use,
                                                                          Timestamp before);

/// Looks at once and every hour, on the executor of `timers`. Made when the node has read its files. Ends
/// before `alarms` does.
class CertificateWatch {
 public:
  CertificateWatch(const Config& config, const Clock& clock, Timers& timers, exchange::Alarms& alarms)
      : config_(config),
        in_use_(certificate_files(config)),
        clock_(clock),
        alarms_(alarms),
        looking_(timers, std::chrono::hours(1), [this] { look(); }) {}

  void start() { looking_.start(); }
  void stop() { looking_.stop(); }

 private:
  void look();

  const Config& config_;
  const CertificateFiles in_use_;
  const Clock& clock_;
  exchange::Alarms& alarms_;
  Repeated looking_;
};

}  // namespace tram::daemon
