#include "store/sqlite/sqlite_transaction.h"

#include <algorithm>

#include "log/checkpoint.h"
#include "log/merkle.h"
#include "store/sqlite/packing.h"
#include "store/sqlite/rows.h"
#include "store/unit_failed.h"

namespace tram::store {

using namespace exchange;

// There, and not changed since it was inserted.
bool SqliteTransaction::unchanged(const RecentMessages::Message& message) const {
  return message &&
         std::find(batch_.changed.begin(), batch_.changed.end(), message->row) == batch_.changed.end();
}

std::optional<KnownMessage> SqliteTransaction::find(const MessageKey& key) {
  if (const auto recent = recent_.get(key); unchanged(recent)) return known(*recent);
  const auto& here = batch_.inserted;  // what names it mostly comes next
  const auto same = [&key](const auto& message) { return message->key == key; };
  if (const auto found = std::find_if(here.rbegin(), here.rend(), same);
      found != here.rend() && unchanged(*found))
    return known(**found);
  return find_message(database_, key);
}

StoredMessage SqliteTransaction::load(MessageRow row) {
  if (const auto recent = recent_.get(row); unchanged(recent)) return *recent;
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
  auto inserted = std::make_shared<StoredMessage>(message);
  inserted->row = row;
  for (ContentLocation& place : inserted->contents) place.pin.reset();
  batch_.inserted.push_back(std::move(inserted));
  return row;
}

std::vector<RecipientRow> SqliteTransaction::recipients(MessageRow message) {
  return load_recipients(database_, message);
}

std::optional<RecipientRow> SqliteTransaction::recipient(MessageRow message, const AgencyCode& agency) {
  return load_recipient(database_, message, agency);
}

void SqliteTransaction::put_recipient(MessageRow message, const RecipientRow& recipient) {
  database_.run(
      "INSERT OR REPLACE INTO recipient (message, agency, state, last_status, updated_at, reason, retries) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      message, recipient.agency.text(), recipient.state, recipient.last_status, recipient.updated_at,
      recipient.reason, recipient.retries);
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

Result<void> SqliteTransaction::put_checkpoint(const std::string& origin, std::uint64_t size,
                                               const Bytes& note) {
  database_.run("INSERT OR IGNORE INTO checkpoint (origin, size, note) VALUES (?, ?, ?)", origin, size,
                Blob{note});
  if (database_.changes() > 0) return {};
  Query kept = database_.query("SELECT note FROM checkpoint WHERE origin = ? AND size = ?", origin, size);
  if (!kept.next()) return {};
  return log::require_same_root(kept.bytes(0), note);
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

void SqliteTransaction::put_forwarding(MessageRow message, const AgencyCode& to,
                                       const Forwarding& forwarding) {
  database_.run(
      "INSERT OR REPLACE INTO forwarding (message, agency, record, signature, certificate) "
      "VALUES (?, ?, ?, ?, ?)",
      message, to.text(), Blob{forwarding.record}, Blob{forwarding.signature}, forwarding.certificate);
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
