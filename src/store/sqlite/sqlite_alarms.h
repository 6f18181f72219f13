// Alarms and deadlines in SQLite's tables.
#pragma once

#include "exchange/alarm_store.h"
#include "store/failure_handler.h"
#include "store/sqlite/database.h"
#include "store/sqlite/reader_pool.h"

namespace tram::store {

/// Part of a SqliteTransaction. Throws StorageFailed through the unit.
class SqliteAlarmRows final : public exchange::AlarmRows {
 public:
  explicit SqliteAlarmRows(Database& database) : database_(database) {}

  void put(const Alarm& alarm) override;
  void erase(AlarmKind kind, const std::string& subject) override;
  void put_deadline(exchange::MessageRow message, Timestamp at) override;
  void erase_deadline(exchange::MessageRow message) override;

 private:
  Database& database_;
};

/// Threads: any. A failure goes to the handler, and the answer is empty.
class SqliteAlarmView final : public exchange::AlarmView {
 public:
  SqliteAlarmView(ReaderPool& readers, const FailureHandler& on_failure)
      : readers_(readers), on_failure_(on_failure) {}

  [[nodiscard]] std::vector<Alarm> open() const override;
  [[nodiscard]] std::vector<exchange::Deadline> deadlines_passed(
      Timestamp now, const std::optional<exchange::Deadline>& after, std::size_t limit) const override;
  [[nodiscard]] std::vector<exchange::FullInbox> not_collected(Timestamp queued_before) const override;

 private:
  template <class Reader>
  auto read(Reader reader) const;

  ReaderPool& readers_;
  const FailureHandler& on_failure_;
};

}  // namespace tram::store
