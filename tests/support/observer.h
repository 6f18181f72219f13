// What a node told its observer, kept for assertions and for the world's history.
#pragma once

#include <string>
#include <vector>

#include "exchange/observer.h"
#include "tests/support/world.h"

namespace tram::sim {

struct Refusal {
  std::string where;
  MessageKey key;
  Error error;
};

/// Outlives the node it listens to, and its crashes.
class HistoryObserver final : public exchange::Observer {
 public:
  HistoryObserver(World& world, std::string node) : world_(world), node_(std::move(node)) {}

  void recorded(const EvidenceRecord& record) override;
  void refused(std::string_view where, const MessageKey& key, const Error& error) override;
  void timed(exchange::Stage, const MessageKey&, Duration) override {}
  void link_changed(const std::string& link, bool connected, const std::string& error) override;
  void note(std::string_view event, const std::string& detail) override;
  void reconciled(const std::vector<std::string>& owed, const exchange::LostMessages& lost) override {
    owed_ = owed;
    lost_ = lost;
    is_reconciled_ = true;
  }
  void begin_epoch() { is_reconciled_ = false; }
  void alarm(const Alarm& alarm, exchange::AlarmChange change) override;

  [[nodiscard]] const std::vector<EvidenceRecord>& records() const { return records_; }
  [[nodiscard]] const std::vector<Refusal>& refusals() const { return refusals_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  /// "raised link_down truc" …
  [[nodiscard]] const std::vector<std::string>& alarms() const { return alarms_; }
  /// It was told so since the node's last restore.
  [[nodiscard]] bool is_reconciled() const { return is_reconciled_; }
  /// As it was told last.
  [[nodiscard]] const std::vector<std::string>& owed() const { return owed_; }
  [[nodiscard]] const exchange::LostMessages& lost() const { return lost_; }
  [[nodiscard]] const std::vector<std::string>& link_errors() const { return link_errors_; }
  [[nodiscard]] std::size_t count(EvidenceEvent event) const;
  [[nodiscard]] const EvidenceRecord* last(EvidenceEvent event) const;

 private:
  std::vector<std::string> owed_{"not told"};
  exchange::LostMessages lost_;
  bool is_reconciled_ = false;
  World& world_;
  const std::string node_;
  std::vector<EvidenceRecord> records_;
  std::vector<Refusal> refusals_;
  std::vector<std::string> notes_;
  std::vector<std::string> alarms_;
  std::vector<std::string> link_errors_;
};

}  // namespace tram::sim
