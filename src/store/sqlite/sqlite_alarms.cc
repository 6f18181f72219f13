#include "store/sqlite/sqlite_alarms.h"

#include "exchange/message_store.h"
#include "store/sqlite/packing.h"
#include "store/sqlite/storage_failed.h"

namespace tram::store {

using namespace exchange;

namespace {

Alarm read_alarm(const Query& query) {
  Alarm out;
  out.kind = query.as<AlarmKind>(0);
  out.subject = query.bytes(1);
  out.since = query.time(2);
  out.last = query.time(3);
  out.count = query.as<std::uint64_t>(4);
  out.detail = query.bytes(5);
  out.acknowledged_by = query.bytes(6);
  if (!query.is_null(7)) out.acknowledged_at = query.time(7);
  return out;
}

}  // namespace

void SqliteAlarmRows::put(const Alarm& alarm) {
  database_.run(
      "INSERT OR REPLACE INTO alarm (kind, subject, since, last, count, detail, acknowledged_by, "
      "acknowledged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      alarm.kind, alarm.subject, alarm.since, alarm.last, alarm.count, alarm.detail, alarm.acknowledged_by,
      alarm.acknowledged_at);
}

void SqliteAlarmRows::erase(AlarmKind kind, const std::string& subject) {
  database_.run("DELETE FROM alarm WHERE kind = ? AND subject = ?", kind, subject);
}

void SqliteAlarmRows::put_deadline(MessageRow message, Timestamp at) {
  database_.run("INSERT OR REPLACE INTO deadline (message, at) VALUES (?, ?)", message, at);
}

void SqliteAlarmRows::erase_deadline(MessageRow message) {
  database_.run("DELETE FROM deadline WHERE message = ?", message);
}

template <class Reader>
auto SqliteAlarmView::read(Reader reader) const {
  try {
    ReaderPool::Lease database(readers_);
    return reader(*database);
  } catch (const StorageFailed& failed) {
    if (on_failure_) on_failure_(failed.error);
    return decltype(reader(std::declval<Database&>()))();
  }
}

std::vector<Alarm> SqliteAlarmView::open() const {
  return read([](Database& database) {
    // A kind beyond those known is a newer program's; it keeps its row and is not shown.
    Query query = database.query(
        "SELECT kind, subject, since, last, count, detail, acknowledged_by, acknowledged_at FROM alarm "
        "WHERE kind BETWEEN 1 AND ? ORDER BY kind, subject",
        kAlarmKinds);
    std::vector<Alarm> out;
    while (query.next()) out.push_back(read_alarm(query));
    return out;
  });
}

std::vector<Deadline> SqliteAlarmView::deadlines_passed(Timestamp now, const std::optional<Deadline>& after,
                                                        std::size_t limit) const {
  const Deadline from = after.value_or(Deadline{MessageRow(0), from_micros(0)});
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT message, at FROM deadline WHERE at <= ? AND (at, message) > (?, ?) "
        "ORDER BY at, message LIMIT ?",
        now, from.at, from.message, limit);
    std::vector<Deadline> out;
    while (query.next()) out.push_back({query.as<MessageRow>(0), query.time(1)});
    return out;
  });
}

std::vector<FullInbox> SqliteAlarmView::not_collected(Timestamp queued_before) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT agency, inbox, min(queued_at), count(*) FROM inbox WHERE state IN (1, 5) AND queued_at < ? "
        "GROUP BY agency, inbox ORDER BY agency, inbox",
        queued_before);
    std::vector<FullInbox> out;
    while (query.next())
      out.push_back(
          {stored_agency(query.bytes(0)), query.bytes(1), query.time(2), query.as<std::uint64_t>(3)});
    return out;
  });
}

}  // namespace tram::store
