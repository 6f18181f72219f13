#include "store/sqlite/rows.h"

#include "store/sqlite/content_use.h"
#include "store/sqlite/packing.h"
#include "store/sqlite/storage_failed.h"

namespace tram::store {

using namespace exchange;

namespace {

template <class T>
std::optional<T> unless_null(const Query& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return query.as<T>(column);
}

}  // namespace

std::optional<KnownMessage> find_message(Database& database, const MessageKey& key) {
  Query query = database.query(
      "SELECT row, header_digest, submitted_digest, from_link, stored_at, log_index FROM message "
      "WHERE sender = ? AND id = ?",
      key.sender.text(), key.id.text());
  if (!query.next()) return std::nullopt;
  return KnownMessage{query.as<MessageRow>(0), query.digest(1), query.digest(2),
                      query.bytes(3),          query.time(4),   query.as<std::uint64_t>(5)};
}

std::optional<StoredMessage> load_message(Database& database, MessageRow row) {
  Query query = database.query(
      "SELECT sender, id, header_digest, submitted_digest, from_link, stored_at, log_index, kind, priority, "
      "certificate, contents, trace, named, verdict, signature, header, contents_pruned_at FROM message "
      "WHERE row = ?",
      row);
  if (!query.next()) return std::nullopt;
  StoredMessage message;
  message.row = row;
  message.key = {stored_agency(query.bytes(0)), MessageId(query.bytes(1))};
  message.header_digest = query.digest(2);
  message.submitted_digest = query.digest(3);
  message.from_link = query.bytes(4);
  message.stored_at = query.time(5);
  message.log_index = query.as<std::uint64_t>(6);
  message.kind = query.as<MessageKind>(7);
  message.priority = query.as<Priority>(8);
  message.certificate = query.digest(9);
  message.contents = unpack_locations(query.bytes(10));
  message.trace = unpack_agencies(query.bytes(11));
  message.references = unpack_keys(query.bytes(12));
  message.verdict = query.bytes(13);
  message.signature = query.bytes(14);
  message.header = query.bytes(15);
  if (Sha256::of(message.header) != message.header_digest) throw stored_nonsense("a header is not as stored");
  if (!query.is_null(16)) message.contents_pruned_at = query.time(16);
  return message;
}

bool insert_message(Database& database, MessageRow row, const StoredMessage& message) {
  database.run(
      "INSERT OR IGNORE INTO message (row, sender, id, header_digest, submitted_digest, from_link, "
      "stored_at, log_index, "
      "kind, priority, certificate, contents, trace, named, verdict, signature, header) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row, message.key.sender.text(), message.key.id.text(), message.header_digest, message.submitted_digest,
      message.from_link, message.stored_at, message.log_index, message.kind, message.priority,
      message.certificate, Blob{pack(message.contents)}, Blob{pack(message.trace)},
      Blob{pack(message.references)}, Blob{message.verdict}, Blob{message.signature}, Blob{message.header});
  if (database.changes() == 0) return false;
  add_content_use(database, row, message.contents);
  if (message.kind != MessageKind::status) return true;
  for (const MessageKey& named : message.references)
    database.run("INSERT OR IGNORE INTO status_of (sender, id, message) VALUES (?, ?, ?)",
                 named.sender.text(), named.id.text(), row);
  return true;
}

std::optional<RecipientRow> load_recipient(Database& database, MessageRow message, const AgencyCode& agency) {
  Query query = database.query(
      "SELECT agency, state, reason, last_status, updated_at, retries FROM recipient "
      "WHERE message = ? AND agency = ?",
      message, agency.text());
  if (!query.next()) return std::nullopt;
  return read_recipient(query);
}

std::vector<RecipientRow> load_recipients(Database& database, MessageRow message) {
  Query query = database.query(
      "SELECT agency, state, reason, last_status, updated_at, retries FROM recipient WHERE message = ? "
      "ORDER BY agency",
      message);
  std::vector<RecipientRow> out;
  while (query.next()) out.push_back(read_recipient(query));
  return out;
}

RecipientRow read_recipient(const Query& query, int first) {
  return {stored_agency(query.bytes(first)),
          query.as<RecipientState>(first + 1),
          query.bytes(first + 2),
          unless_null<StatusCode>(query, first + 3),
          query.time(first + 4),
          query.as<std::uint32_t>(first + 5)};
}

OutgoingItem read_outgoing(const Query& query, int first) {
  OutgoingItem item;
  item.row = query.as<QueueRow>(first);
  item.link = query.bytes(first + 1);
  item.priority = query.as<int>(first + 2);
  item.message = unless_null<MessageRow>(query, first + 3);
  item.state = query.as<QueueState>(first + 4);
  item.attempts = query.as<std::uint32_t>(first + 5);
  item.queued_at = query.time(first + 6);
  item.reason = query.bytes(first + 7);
  item.recipients = unpack_agencies(query.bytes(first + 8));
  item.bundle = query.bytes(first + 9);
  item.retry = query.as<std::uint32_t>(first + 10);
  return item;
}

InboxItem read_inbox(const Query& query, int first) {
  InboxItem item;
  item.row = query.as<QueueRow>(first);
  item.message = query.as<MessageRow>(first + 1);
  item.agency = stored_agency(query.bytes(first + 2));
  item.inbox = query.bytes(first + 3);
  item.priority = query.as<int>(first + 4);
  item.state = query.as<QueueState>(first + 5);
  item.queued_at = query.time(first + 6);
  return item;
}

std::optional<OutgoingItem> load_outgoing(Database& database, QueueRow row) {
  Query query = database.query(
      "SELECT row, link, priority, message, state, attempts, queued_at, reason, recipients, bundle, retry "
      "FROM outgoing WHERE row = ?",
      row);
  if (!query.next()) return std::nullopt;
  return read_outgoing(query);
}

std::optional<InboxItem> load_inbox_item(Database& database, MessageRow message, const AgencyCode& agency) {
  Query query = database.query(
      "SELECT row, message, agency, inbox, priority, state, queued_at FROM inbox "
      "WHERE message = ? AND agency = ?",
      message, agency.text());
  if (!query.next()) return std::nullopt;
  return read_inbox(query);
}

LogEntry read_entry(const Query& query) {
  return {query.as<std::uint64_t>(0), query.bytes(3), unless_null<MessageRow>(query, 1), query.bytes(2)};
}

StoredReceipt read_receipt(const Query& query) {
  StoredReceipt receipt;
  receipt.event = query.as<EvidenceEvent>(0);
  receipt.node = stored_agency(query.bytes(1));
  receipt.origin = query.bytes(2);
  receipt.checkpoint_size = query.as<std::uint64_t>(3);
  receipt.proof.index = query.as<std::uint64_t>(4);
  receipt.proof.path = unpack_digests(query.bytes(5));
  receipt.proof.record = query.bytes(6);
  return receipt;
}

RegistryEntry read_registry_entry(const Query& query) {
  RegistryEntry entry;
  entry.certificate = query.digest(0);
  entry.agency = stored_agency(query.bytes(1));
  entry.system = query.bytes(2);
  entry.inbox = query.bytes(3);
  entry.roles = Roles(query.as<std::uint32_t>(4));
  entry.signers = unpack_digests(query.bytes(5));
  entry.added_at = query.time(6);
  entry.added_by = query.bytes(7);
  if (!query.is_null(8)) entry.revoked_at = query.time(8);
  return entry;
}

}  // namespace tram::store
