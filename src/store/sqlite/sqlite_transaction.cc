#include "store/sqlite/sqlite_transaction.h"

#include "log/merkle.h"
#include "store/queue_name.h"
#include "store/sqlite/packing.h"
#include "store/sqlite/rows.h"
#include "store/unit_failed.h"

namespace tram::store {

using namespace exchange;

std::optional<KnownMessage> SqliteTransaction::find(const MessageKey& key) {
  return find_message(database_, key);
}

StoredMessage SqliteTransaction::load(MessageRow row) {
  auto message = load_message(database_, row);
  if (!message)
    throw UnitFailed{
        failure(ErrorCode::not_found, "MESSAGE_GONE", "the message is not stored here any more")};
  return *std::move(message);
}

MessageRow SqliteTransaction::insert(const StoredMessage& message) {
  const auto row = MessageRow(batch_.counters.last_message + 1);
  if (!insert_message(database_, row, message))
    throw UnitFailed{failure(ErrorCode::already_exists, "MESSAGE_EXISTS", "this message is stored already")};
  ++batch_.counters.last_message;
  ++batch_.counters.messages;
  return row;
}

std::vector<RecipientRow> SqliteTransaction::recipients(MessageRow message) {
  return load_recipients(database_, message);
}

void SqliteTransaction::put_recipient(MessageRow message, const RecipientRow& recipient) {
  database_.run(
      "INSERT OR REPLACE INTO recipient (message, agency, state, last_status, updated_at, reason) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      message, recipient.agency.text(), recipient.state, recipient.last_status, recipient.updated_at,
      recipient.reason);
}

QueueRow SqliteTransaction::queue_outgoing(const OutgoingItem& item) {
  const auto row = QueueRow(++batch_.counters.last_queue_row);
  database_.run(
      "INSERT INTO outgoing (row, link, priority, message, state, attempts, queued_at, reason, recipients, "
      "bundle) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row, item.link, item.priority, item.message, item.state, item.attempts, item.queued_at, item.reason,
      Blob{pack(item.recipients)}, Blob{item.bundle});
  if (item.state == QueueState::waiting)
    batch_.waiting.push_back({outgoing_queue(item.link), item.priority, row});
  return row;
}

std::optional<OutgoingItem> SqliteTransaction::outgoing(QueueRow row) {
  return load_outgoing(database_, row);
}

void SqliteTransaction::remove_outgoing(QueueRow row) {
  database_.run("DELETE FROM outgoing WHERE row = ?", row);
  batch_.removed.push_back(row);
}

void SqliteTransaction::update_outgoing(QueueRow row, QueueState state, std::uint32_t attempts,
                                        const std::string& reason) {
  Query query = database_.query(
      "UPDATE outgoing SET state = ?, attempts = ?, reason = ? WHERE row = ? RETURNING link, priority", state,
      attempts, reason, row);
  if (!query.next()) return;
  if (state == QueueState::waiting) {
    batch_.waiting.push_back({outgoing_queue(query.bytes(0)), query.as<int>(1), row});
  } else {
    batch_.unclaimed.push_back(row);
  }
}

QueueRow SqliteTransaction::queue_inbox(const InboxItem& item) {
  const auto row = QueueRow(batch_.counters.last_queue_row + 1);
  database_.run(
      "INSERT OR IGNORE INTO inbox (row, message, agency, inbox, priority, state, queued_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      row, item.message, item.agency.text(), item.inbox, item.priority, item.state, item.queued_at);
  if (database_.changes() == 0)
    throw UnitFailed{failure(ErrorCode::already_exists, "INBOX_ITEM_EXISTS",
                             "this message waits for this agency already")};
  ++batch_.counters.last_queue_row;
  if (item.state == QueueState::waiting)
    batch_.waiting.push_back({inbox_queue(item.agency, item.inbox), item.priority, row});
  return row;
}

std::optional<InboxItem> SqliteTransaction::inbox_item(MessageRow message, const AgencyCode& agency) {
  return load_inbox_item(database_, message, agency);
}

void SqliteTransaction::remove_inbox(QueueRow row) {
  database_.run("DELETE FROM inbox WHERE row = ?", row);
  batch_.removed.push_back(row);
}

void SqliteTransaction::raise_priority(MessageRow message, int priority) {
  {
    Query query = database_.query(
        "UPDATE outgoing SET priority = ?1 WHERE message = ?2 AND priority < ?1 RETURNING row, link",
        priority, message);
    while (query.next())
      batch_.waiting.push_back({outgoing_queue(query.bytes(1)), priority, query.as<QueueRow>(0)});
  }
  Query query = database_.query(
      "UPDATE inbox SET priority = ?1 WHERE message = ?2 AND priority < ?1 RETURNING row, agency, inbox",
      priority, message);
  while (query.next())
    batch_.waiting.push_back(
        {inbox_queue(stored_agency(query.bytes(1)), query.bytes(2)), priority, query.as<QueueRow>(0)});
}

std::uint64_t SqliteTransaction::append_record(const Bytes& record, std::optional<MessageRow> message,
                                               const std::string& receipt_link) {
  if (record.size() > log::kMaxEntrySize)
    throw UnitFailed{invalid("record", "RECORD_TOO_LONG", "a log entry has at most 65,535 bytes")};
  const std::uint64_t index = log_size();
  database_.run("INSERT INTO log (position, message, receipt_link, record) VALUES (?, ?, ?, ?)", index,
                message, receipt_link, Blob{record});
  batch_.new_leaves.push_back(log::leaf_hash(record));
  return index;
}

std::uint64_t SqliteTransaction::log_size() { return batch_.log_size + batch_.new_leaves.size(); }

void SqliteTransaction::set_receipt_cursor(std::uint64_t index) {
  batch_.counters.receipt_cursor = static_cast<std::int64_t>(index);
}

std::uint64_t SqliteTransaction::receipt_cursor() {
  return static_cast<std::uint64_t>(batch_.counters.receipt_cursor);
}

void SqliteTransaction::put_checkpoint(const std::string& origin, std::uint64_t size, const Bytes& note) {
  database_.run("INSERT OR IGNORE INTO checkpoint (origin, size, note) VALUES (?, ?, ?)", origin, size,
                Blob{note});
}

bool SqliteTransaction::put_receipt(MessageRow message, const StoredReceipt& receipt) {
  {
    Query query = database_.query(
        "SELECT 1 FROM receipt WHERE message = ? AND log_index = ? AND origin = ? AND record = ?", message,
        receipt.proof.index, receipt.origin, Blob{receipt.proof.record});
    if (query.next()) return false;
  }
  database_.run(
      "INSERT INTO receipt (message, log_index, event, node, origin, checkpoint_size, path, record) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      message, receipt.proof.index, receipt.event, receipt.node.text(), receipt.origin,
      receipt.checkpoint_size, Blob{pack(receipt.proof.path)}, Blob{receipt.proof.record});
  return true;
}

void SqliteTransaction::put_certificate(const Digest& sha256, const Bytes& der) {
  database_.run("INSERT OR IGNORE INTO certificate (sha256, der) VALUES (?, ?)", sha256, Blob{der});
}

void SqliteTransaction::put_registry_entry(const RegistryEntry& entry) {
  database_.run(
      "INSERT OR REPLACE INTO registry (certificate, agency, system, inbox, roles, signers, added_at, "
      "added_by, "
      "revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      entry.certificate, entry.agency.text(), entry.system, entry.inbox, entry.roles.bits(),
      Blob{pack(entry.signers)}, entry.added_at, entry.added_by, entry.revoked_at);
}

}  // namespace tram::store
