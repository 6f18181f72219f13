// Alarms and deadlines in memory.
#pragma once

#include "exchange/alarm_store.h"
#include "store/memory/memory_disk.h"
#include "store/memory/undo.h"

namespace tram::store {

/// Part of a MemoryTransaction. REQUIRES: the disk's mutex.
class MemoryAlarmRows final : public exchange::AlarmRows {
 public:
  MemoryAlarmRows(MemoryTables& tables, Undo& undo) : tables_(tables), undo_(undo) {}

  void put(const Alarm& alarm) override;
  void erase(AlarmKind kind, const std::string& subject) override;
  void put_deadline(exchange::MessageRow message, Timestamp at) override;
  void erase_deadline(exchange::MessageRow message) override;

 private:
  MemoryTables& tables_;
  Undo& undo_;
};

/// Threads: any.
class MemoryAlarmView final : public exchange::AlarmView {
 public:
  explicit MemoryAlarmView(MemoryDisk& disk) : disk_(disk) {}

  [[nodiscard]] std::vector<Alarm> open() const override;
  [[nodiscard]] std::vector<exchange::Deadline> deadlines_passed(
      Timestamp now, const std::optional<exchange::Deadline>& after, std::size_t limit) const override;
  [[nodiscard]] std::vector<exchange::FullInbox> not_collected(Timestamp queued_before) const override;

 private:
  MemoryDisk& disk_;
};

}  // namespace tram::store
