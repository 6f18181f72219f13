// What the exchange reports, to the log and to the metrics.
#pragma once

#include "console/metrics.h"
#include "exchange/observer.h"
#include "tramd/logging.h"

namespace tram::daemon {

/// Threads: any; never blocks.
class Events final : public exchange::Observer {
 public:
  Events(EventLog& log, console::Metrics& metrics) : log_(log), metrics_(metrics) {}

  void recorded(const EvidenceRecord& record) override;
  void refused(std::string_view where, const MessageKey& key, const Error& error) override;
  void timed(exchange::Stage stage, const MessageKey& key, Duration took) override;
  void link_changed(const std::string& link, bool connected, const std::string& error) override;
  void note(std::string_view event, const std::string& detail) override;

 private:
  EventLog& log_;
  console::Metrics& metrics_;
};

}  // namespace tram::daemon
