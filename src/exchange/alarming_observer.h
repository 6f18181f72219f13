// Hears what the exchange tells its observer, and raises the alarms that are events.
#pragma once

#include "exchange/alarms.h"
#include "exchange/context.h"
#include "exchange/observer.h"

namespace tram::exchange {

/// As `where` of Observer::refused(): a document that waits in an inbox cannot be read.
inline constexpr std::string_view kHandOver = "hand-over";

/// Passes everything on. Threads: any.
class AlarmingObserver final : public Observer {
 public:
  explicit AlarmingObserver(Observer& next) : next_(next) {}
  /// Before the first event.
  void raise_in(Alarms& alarms) { alarms_ = &alarms; }

  void recorded(const EvidenceRecord& record) override;
  void refused(std::string_view where, const MessageKey& key, const Error& error) override;
  void timed(Stage stage, const MessageKey& key, Duration took) override { next_.timed(stage, key, took); }
  void link_changed(const std::string& link, bool connected, const std::string& error) override {
    next_.link_changed(link, connected, error);
  }
  void note(std::string_view event, const std::string& detail) override { next_.note(event, detail); }
  void reconciled(const std::vector<std::string>& owed, const LostMessages& lost) override {
    next_.reconciled(owed, lost);
  }
  void alarm(const Alarm& alarm, AlarmChange change) override { next_.alarm(alarm, change); }

 private:
  Observer& next_;
  Alarms* alarms_ = nullptr;
};

}  // namespace tram::exchange
