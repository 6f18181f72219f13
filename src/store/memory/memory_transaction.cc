#include "store/memory/memory_transaction.h"

#include <algorithm>

#include "log/merkle.h"
#include "store/queue_name.h"
#include "store/unit_failed.h"

namespace tram::store {

using namespace exchange;

namespace {

WaitingPlace place_of(const OutgoingItem& item) {
  return {outgoing_queue(item.link), -item.priority, item.row};
}

WaitingPlace place_of(const InboxItem& item) {
  return {inbox_queue(item.agency, item.inbox), -item.priority, item.row};
}

}  // namespace

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

void MemoryTransaction::put_recipient(MessageRow message, const RecipientRow& recipient) {
  undo_.put(tables_.recipients, {message, recipient.agency}, recipient);
}

QueueRow MemoryTransaction::next_queue_row() {
  undo_.assign(tables_.last_queue_row, tables_.last_queue_row + 1);
  return QueueRow(tables_.last_queue_row);
}

void MemoryTransaction::set_waiting(const WaitingPlace& place, bool waits) {
  if (waits) {
    undo_.put(tables_.waiting, place, true);
  } else {
    undo_.erase(tables_.waiting, place);
  }
}

QueueRow MemoryTransaction::queue_outgoing(const OutgoingItem& item) {
  OutgoingItem queued = item;
  queued.row = next_queue_row();
  undo_.put(tables_.outgoing, queued.row, queued);
  if (queued.message) undo_.put(tables_.queued, {*queued.message, queued.row}, true);
  set_waiting(place_of(queued), queued.state == QueueState::waiting);
  return queued.row;
}

std::optional<OutgoingItem> MemoryTransaction::outgoing(QueueRow row) {
  const auto found = tables_.outgoing.find(row);
  if (found == tables_.outgoing.end()) return std::nullopt;
  return found->second;
}

void MemoryTransaction::remove_outgoing(QueueRow row) {
  const auto item = outgoing(row);
  if (!item) return;
  set_waiting(place_of(*item), false);
  if (item->message) undo_.erase(tables_.queued, {*item->message, row});
  undo_.erase(tables_.outgoing, row);
  removed_.push_back(row);
}

void MemoryTransaction::update_outgoing(QueueRow row, QueueState state, std::uint32_t attempts,
                                        const std::string& reason) {
  auto item = outgoing(row);
  if (!item) return;
  item->state = state;
  item->attempts = attempts;
  item->reason = reason;
  set_waiting(place_of(*item), state == QueueState::waiting);
  if (state != QueueState::waiting) unclaimed_.push_back(row);
  undo_.put(tables_.outgoing, row, *std::move(item));
}

QueueRow MemoryTransaction::queue_inbox(const InboxItem& item) {
  if (tables_.inbox_of.contains({item.message, item.agency}))
    throw UnitFailed{failure(ErrorCode::already_exists, "INBOX_ITEM_EXISTS",
                             "this message waits for this agency already")};
  InboxItem queued = item;
  queued.row = next_queue_row();
  queued.attempts = 0;
  queued.redelivered = false;
  undo_.put(tables_.inbox, queued.row, queued);
  undo_.put(tables_.inbox_of, {queued.message, queued.agency}, queued.row);
  undo_.put(tables_.queued, {queued.message, queued.row}, false);
  set_waiting(place_of(queued), queued.state == QueueState::waiting);
  return queued.row;
}

std::optional<InboxItem> MemoryTransaction::inbox_item(MessageRow message, const AgencyCode& agency) {
  return find_inbox_item(tables_, message, agency);
}

void MemoryTransaction::remove_inbox(QueueRow row) {
  const auto found = tables_.inbox.find(row);
  if (found == tables_.inbox.end()) return;
  const InboxItem item = found->second;
  set_waiting(place_of(item), false);
  undo_.erase(tables_.queued, {item.message, row});
  undo_.erase(tables_.inbox_of, {item.message, item.agency});
  undo_.erase(tables_.inbox, row);
  removed_.push_back(row);
}

void MemoryTransaction::raise_priority(MessageRow message, int priority) {
  const auto raise = [&](auto& items, QueueRow row) {
    auto item = items.at(row);
    if (item.priority >= priority) return;
    const bool waits = item.state == QueueState::waiting;
    set_waiting(place_of(item), false);
    item.priority = priority;
    set_waiting(place_of(item), waits);
    undo_.put(items, row, std::move(item));
  };
  for (auto at = tables_.queued.lower_bound({message, QueueRow(0)});
       at != tables_.queued.end() && at->first.first == message; ++at) {
    if (at->second) {
      raise(tables_.outgoing, at->first.second);
    } else {
      raise(tables_.inbox, at->first.second);
    }
  }
}

std::uint64_t MemoryTransaction::append_record(const Bytes& record, std::optional<MessageRow> message,
                                               const std::string& receipt_link) {
  if (record.size() > log::kMaxEntrySize)
    throw UnitFailed{invalid("record", "RECORD_TOO_LONG", "a log entry has at most 65,535 bytes")};
  const std::uint64_t index = tables_.log.size();
  undo_.append(tables_.log, LogEntry{index, record, message, receipt_link});
  undo_.append(tables_.new_leaves, log::leaf_hash(record));
  return index;
}

std::uint64_t MemoryTransaction::log_size() { return tables_.log.size(); }

void MemoryTransaction::set_receipt_cursor(std::uint64_t index) {
  undo_.assign(tables_.receipt_cursor, index);
}

std::uint64_t MemoryTransaction::receipt_cursor() { return tables_.receipt_cursor; }

void MemoryTransaction::put_checkpoint(const std::string& origin, std::uint64_t size, const Bytes& note) {
  if (tables_.checkpoints.contains({origin, size})) return;
  undo_.put(tables_.checkpoints, {origin, size}, note);
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

void MemoryTransaction::put_certificate(const Digest& sha256, const Bytes& der) {
  if (!tables_.certificates.contains(sha256)) undo_.put(tables_.certificates, sha256, der);
}

void MemoryTransaction::put_registry_entry(const RegistryEntry& entry) {
  undo_.put(tables_.registry, entry.certificate, entry);
}

}  // namespace tram::store
