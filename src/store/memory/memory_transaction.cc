#include "store/memory/memory_transaction.h"

#include "log/checkpoint.h"
#include "log/merkle.h"
#include "store/unit_failed.h"

namespace tram::store {

using namespace exchange;

std::optional<KnownMessage> MemoryTransaction::find(const MessageKey& key) {
  return find_message(tables_, key);
}

StoredMessage MemoryTransaction::load(MessageRow row) {
  auto message = load_message(tables_, row);
  if (!message) throw UnitFailed{message.error()};
  return *std::move(message);
}

MessageRow MemoryTransaction::insert(const StoredMessage& message) {
  if (tables_.keys.contains(message.key))
    throw UnitFailed{failure(ErrorCode::already_exists, "MESSAGE_EXISTS", "this message is stored already")};
  undo_.assign(tables_.last_message, tables_.last_message + 1);
  StoredMessage stored = message;
  stored.row = MessageRow(tables_.last_message);
  for (ContentLocation& place : stored.contents) place.pin.reset();
  undo_.put(tables_.keys, message.key, stored.row);
  if (message.kind == MessageKind::status) {
    for (const MessageKey& named : message.references) undo_.put(tables_.statuses, {named, stored.row}, true);
  }
  undo_.put(tables_.messages, stored.row, stored);
  return stored.row;
}

std::vector<RecipientRow> MemoryTransaction::recipients(MessageRow message) {
  return recipients_of(tables_, message);
}

std::optional<RecipientRow> MemoryTransaction::recipient(MessageRow message, const AgencyCode& agency) {
  const auto found = tables_.recipients.find({message, agency});
  if (found == tables_.recipients.end()) return std::nullopt;
  return found->second;
}

void MemoryTransaction::put_recipient(MessageRow message, const RecipientRow& recipient) {
  undo_.put(tables_.recipients, {message, recipient.agency}, recipient);
}

std::uint64_t MemoryTransaction::append_record(const Bytes& record, std::optional<MessageRow> message,
                                               const std::string& receipt_link) {
  if (record.size() > log::kMaxEntrySize)
    throw UnitFailed{invalid("record", "RECORD_TOO_LONG", "a log entry has at most 65,535 bytes")};
  const std::uint64_t index = tables_.log.size();
  undo_.append(tables_.log, LogEntry{index, record, message, receipt_link});
  undo_.append(tables_.leaves, log::leaf_hash(record));
  return index;
}

std::uint64_t MemoryTransaction::log_size() { return tables_.log.size(); }

void MemoryTransaction::set_receipt_cursor(std::uint64_t index) {
  undo_.assign(tables_.receipt_cursor, index);
}

std::uint64_t MemoryTransaction::receipt_cursor() { return tables_.receipt_cursor; }

Result<void> MemoryTransaction::put_checkpoint(const std::string& origin, std::uint64_t size,
                                               const Bytes& note) {
  const auto kept = tables_.checkpoints.find({origin, size});
  if (kept != tables_.checkpoints.end()) return log::require_same_root(kept->second, note);
  undo_.put(tables_.checkpoints, {origin, size}, note);
  return {};
}

bool MemoryTransaction::put_receipt(MessageRow message, const StoredReceipt& receipt) {
  std::uint64_t number = 0;
  for (auto at = tables_.receipts.lower_bound({message, 0});
       at != tables_.receipts.end() && at->first.first == message; ++at) {
    const StoredReceipt& kept = at->second;
    if (kept.origin == receipt.origin && kept.proof.record == receipt.proof.record) return false;
    number = at->first.second + 1;
  }
  undo_.put(tables_.receipts, {message, number}, receipt);
  return true;
}

void MemoryTransaction::put_forwarding(MessageRow message, const AgencyCode& to,
                                       const Forwarding& forwarding) {
  undo_.put(tables_.forwardings, {message, to}, forwarding);
}

void MemoryTransaction::put_certificate(const Digest& sha256, const Bytes& der) {
  if (!tables_.certificates.contains(sha256)) undo_.put(tables_.certificates, sha256, der);
}

void MemoryTransaction::put_registry_entry(const RegistryEntry& entry) {
  undo_.put(tables_.registry, entry.certificate, entry);
}

}  // namespace tram::store
