// The queues of a transaction: turns, and items that wait for the message they name.
#include "store/queue_name.h"
#include "store/sqlite/packing.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_transaction.h"
#include "store/unit_failed.h"

namespace tram::store {

using namespace exchange;

QueueRow SqliteTransaction::queue_outgoing(const OutgoingItem& item) {
  const auto row = QueueRow(++batch_.counters.last_queue_row);
  const auto blockers = blockers_on_link(item);
  const std::string queue = outgoing_queue(item.link);
  const std::int64_t turn = turns_.next(queue, item.priority, item.sender);
  const QueueState state = blockers.empty() ? item.state : QueueState::blocked;
  database_.run(
      "INSERT INTO outgoing (row, link, priority, turn, message, state, attempts, queued_at, reason, "
      "recipients, bundle, retry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row, item.link, item.priority, turn, item.message, state, item.attempts, item.queued_at, item.reason,
      Blob{pack(item.recipients)}, Blob{item.bundle}, item.retry);
  block(row, blockers);
  if (state == QueueState::waiting) batch_.waiting.push_back({queue, item.priority, turn, row});
  return row;
}

std::optional<OutgoingItem> SqliteTransaction::outgoing(QueueRow row) {
  return load_outgoing(database_, row);
}

std::vector<OutgoingItem> SqliteTransaction::outgoing_of(MessageRow message) {
  Query query = database_.query(
      "SELECT row, link, priority, message, state, attempts, queued_at, reason, recipients, bundle, retry "
      "FROM outgoing WHERE message = ? ORDER BY row",
      message);
  std::vector<OutgoingItem> items;
  while (query.next()) items.push_back(read_outgoing(query));
  return items;
}

bool SqliteTransaction::withhold(QueueRow row) {
  Query query = database_.query("SELECT link, priority, turn FROM outgoing WHERE row = ?", row);
  if (!query.next()) return false;
  return waiting_.withhold({outgoing_queue(query.bytes(0)), query.as<int>(1), query.integer(2), row});
}

void SqliteTransaction::set_outgoing_recipients(QueueRow row, const std::vector<AgencyCode>& recipients) {
  database_.run("UPDATE outgoing SET recipients = ? WHERE row = ?", Blob{pack(recipients)}, row);
}

bool SqliteTransaction::remove_outgoing(QueueRow row) {
  database_.run("DELETE FROM outgoing WHERE row = ?", row);
  batch_.removed.push_back(row);
  return unblock_others(row);
}

bool SqliteTransaction::update_outgoing(QueueRow row, QueueState state, std::uint32_t attempts,
                                        const std::string& reason) {
  {
    Query query = database_.query(
        "UPDATE outgoing SET state = ?, attempts = ?, reason = ? WHERE row = ? "
        "RETURNING link, priority, turn",
        state, attempts, reason, row);
    if (!query.next()) return false;
    if (state == QueueState::waiting) {
      batch_.waiting.push_back({outgoing_queue(query.bytes(0)), query.as<int>(1), query.integer(2), row});
    } else {
      batch_.unclaimed.push_back(row);
    }
  }
  return state == QueueState::dead && unblock_others(row);
}

QueueRow SqliteTransaction::queue_inbox(const InboxItem& item) {
  const auto row = QueueRow(batch_.counters.last_queue_row + 1);
  const auto blockers = blockers_in_inbox(item);
  const std::string queue = inbox_queue(item.agency, item.inbox);
  const std::int64_t turn = turns_.next(queue, item.priority, item.sender);
  const QueueState state = blockers.empty() ? item.state : QueueState::blocked;
  database_.run(
      "INSERT OR IGNORE INTO inbox (row, message, agency, inbox, priority, turn, state, queued_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      row, item.message, item.agency.text(), item.inbox, item.priority, turn, state, item.queued_at);
  if (database_.changes() == 0)
    throw UnitFailed{failure(ErrorCode::already_exists, "INBOX_ITEM_EXISTS",
                             "this message waits for this agency already")};
  ++batch_.counters.last_queue_row;
  block(row, blockers);
  if (state == QueueState::waiting) batch_.waiting.push_back({queue, item.priority, turn, row});
  return row;
}

std::optional<InboxItem> SqliteTransaction::inbox_item(MessageRow message, const AgencyCode& agency) {
  return load_inbox_item(database_, message, agency);
}

bool SqliteTransaction::remove_inbox(QueueRow row) {
  database_.run("DELETE FROM inbox WHERE row = ?", row);
  batch_.removed.push_back(row);
  return unblock_others(row);
}

std::vector<QueueRow> SqliteTransaction::blockers_on_link(const OutgoingItem& item) {
  std::vector<QueueRow> rows;
  for (const MessageRow message : item.after) {
    Query query = database_.query("SELECT row FROM outgoing WHERE message = ? AND link = ? AND state <> 4",
                                  message, item.link);
    while (query.next()) rows.push_back(query.as<QueueRow>(0));
  }
  return rows;
}

std::vector<QueueRow> SqliteTransaction::blockers_in_inbox(const InboxItem& item) {
  std::vector<QueueRow> rows;
  for (const MessageRow message : item.after) {
    Query query = database_.query("SELECT row FROM inbox WHERE message = ? AND agency = ? AND inbox = ?",
                                  message, item.agency.text(), item.inbox);
    while (query.next()) rows.push_back(query.as<QueueRow>(0));
  }
  return rows;
}

void SqliteTransaction::block(QueueRow row, const std::vector<QueueRow>& blockers) {
  for (const QueueRow blocker : blockers) {
    database_.run("INSERT OR IGNORE INTO blocking (blocker, blocked) VALUES (?, ?)", blocker, row);
    batch_.counters.blockings += database_.changes();
  }
}

// The row is gone: it blocks nothing any more, and nothing blocks it.
bool SqliteTransaction::unblock_others(QueueRow row) {
  if (batch_.counters.blockings == 0) return false;
  database_.run("DELETE FROM blocking WHERE blocked = ?", row);
  batch_.counters.blockings -= database_.changes();
  std::vector<QueueRow> others;
  {
    Query query = database_.query("DELETE FROM blocking WHERE blocker = ? RETURNING blocked", row);
    while (query.next()) others.push_back(query.as<QueueRow>(0));
  }
  batch_.counters.blockings -= static_cast<std::int64_t>(others.size());
  bool any = false;
  for (const QueueRow other : others) any = wait_from_now_on(other) || any;
  return any;
}

bool SqliteTransaction::wait_from_now_on(QueueRow row) {
  {
    Query query = database_.query("SELECT 1 FROM blocking WHERE blocked = ?", row);
    if (query.next()) return false;
  }
  {
    Query query = database_.query(
        "UPDATE outgoing SET state = 1 WHERE row = ? AND state = 5 RETURNING link, priority, turn", row);
    if (query.next()) {
      batch_.waiting.push_back({outgoing_queue(query.bytes(0)), query.as<int>(1), query.integer(2), row});
      return true;
    }
  }
  Query query = database_.query(
      "UPDATE inbox SET state = 1 WHERE row = ? AND state = 5 RETURNING agency, inbox, priority, turn", row);
  if (!query.next()) return false;
  batch_.waiting.push_back(
      {inbox_queue(stored_agency(query.bytes(0)), query.bytes(1)), query.as<int>(2), query.integer(3), row});
  return true;
}

void SqliteTransaction::raise_priority(MessageRow message, int priority) {
  std::vector<QueueRow> rows;
  {
    Query query =
        database_.query("SELECT row FROM outgoing WHERE message = ? AND priority < ?", message, priority);
    while (query.next()) rows.push_back(query.as<QueueRow>(0));
  }
  {
    Query query =
        database_.query("SELECT row FROM inbox WHERE message = ? AND priority < ?", message, priority);
    while (query.next()) rows.push_back(query.as<QueueRow>(0));
  }
  for (const QueueRow row : rows) raise_row(row, priority);
}

// With what blocks it, and what blocks that: blockers are older than what they block, so this ends.
void SqliteTransaction::raise_row(QueueRow first, int priority) {
  std::vector<QueueRow> rows{first};
  while (!rows.empty()) {
    const QueueRow row = rows.back();
    rows.pop_back();
    if (!raise_outgoing(row, priority) && !raise_inbox(row, priority)) continue;
    Query query = database_.query("SELECT blocker FROM blocking WHERE blocked = ?", row);
    while (query.next()) rows.push_back(query.as<QueueRow>(0));
  }
}

bool SqliteTransaction::raise_outgoing(QueueRow row, int priority) {
  std::string queue;
  std::int64_t turn = 0;
  QueueState state{};
  {
    Query query = database_.query(
        "SELECT q.link, q.state, coalesce(m.sender, '') FROM outgoing q "
        "LEFT JOIN message m ON m.row = q.message WHERE q.row = ? AND q.priority < ?",
        row, priority);
    if (!query.next()) return false;
    queue = outgoing_queue(query.bytes(0));
    state = query.as<QueueState>(1);
    turn = turns_.next(queue, priority, stored_agency(query.bytes(2)));
  }
  database_.run("UPDATE outgoing SET priority = ?, turn = ? WHERE row = ?", priority, turn, row);
  if (state == QueueState::waiting) batch_.waiting.push_back({queue, priority, turn, row});
  return true;
}

bool SqliteTransaction::raise_inbox(QueueRow row, int priority) {
  std::string queue;
  std::int64_t turn = 0;
  QueueState state{};
  {
    Query query = database_.query(
        "SELECT q.agency, q.inbox, q.state, m.sender FROM inbox q JOIN message m ON m.row = q.message "
        "WHERE q.row = ? AND q.priority < ?",
        row, priority);
    if (!query.next()) return false;
    queue = inbox_queue(stored_agency(query.bytes(0)), query.bytes(1));
    state = query.as<QueueState>(2);
    turn = turns_.next(queue, priority, stored_agency(query.bytes(3)));
  }
  database_.run("UPDATE inbox SET priority = ?, turn = ? WHERE row = ?", priority, turn, row);
  if (state == QueueState::waiting) batch_.waiting.push_back({queue, priority, turn, row});
  return true;
}

}  // namespace tram::store
