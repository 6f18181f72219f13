// A transaction over SQLite's tables.
#pragma once

#include "store/sqlite/batch.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_alarms.h"
#include "store/sqlite/sqlite_pruning.h"
#include "store/sqlite/waiting_rows.h"

namespace tram::store {

/// REQUIRES: a transaction is open on `database`. Throws StorageFailed and UnitFailed through the unit.
class SqliteTransaction final : public exchange::Transaction {
 public:
  SqliteTransaction(Database& database, Batch& batch, WaitingRows& waiting, const RecentMessages& recent)
      : database_(database),
        batch_(batch),
        waiting_(waiting),
        turns_(waiting.turns()),
        recent_(recent),
        pruning_(database, batch),
        alarms_(database) {}

  [[nodiscard]] std::optional<exchange::KnownMessage> find(const MessageKey& key) override;
  [[nodiscard]] exchange::StoredMessage load(exchange::MessageRow row) override;
  exchange::MessageRow insert(const exchange::StoredMessage& message) override;
  [[nodiscard]] std::vector<exchange::RecipientRow> recipients(exchange::MessageRow message) override;
  [[nodiscard]] std::optional<exchange::RecipientRow> recipient(exchange::MessageRow message,
                                                                const AgencyCode& agency) override;
  void put_recipient(exchange::MessageRow message, const exchange::RecipientRow& recipient) override;
  exchange::QueueRow queue_outgoing(const exchange::OutgoingItem& item) override;
  [[nodiscard]] std::optional<exchange::OutgoingItem> outgoing(exchange::QueueRow row) override;
  [[nodiscard]] std::vector<exchange::OutgoingItem> outgoing_of(exchange::MessageRow message) override;
  [[nodiscard]] bool withhold(exchange::QueueRow row) override;
  void set_outgoing_recipients(exchange::QueueRow row, const std::vector<AgencyCode>& recipients) override;
  bool remove_outgoing(exchange::QueueRow row) override;
  bool update_outgoing(exchange::QueueRow row, QueueState state, std::uint32_t attempts,
                       const std::string& reason) override;
  exchange::QueueRow queue_inbox(const exchange::InboxItem& item) override;
  [[nodiscard]] std::optional<exchange::InboxItem> inbox_item(exchange::MessageRow message,
                                                              const AgencyCode& agency) override;
  bool remove_inbox(exchange::QueueRow row) override;
  void raise_priority(exchange::MessageRow message, int priority) override;
  std::uint64_t append_record(const Bytes& record, std::optional<exchange::MessageRow> message,
                              const std::string& receipt_link) override;
  [[nodiscard]] std::uint64_t log_size() override;
  void set_receipt_cursor(std::uint64_t index) override;
  [[nodiscard]] std::uint64_t receipt_cursor() override;
  Result<void> put_checkpoint(const std::string& origin, std::uint64_t size, const Bytes& note) override;
  bool put_receipt(exchange::MessageRow message, const exchange::StoredReceipt& receipt) override;
  void put_forwarding(exchange::MessageRow message, const AgencyCode& to,
                      const Forwarding& forwarding) override;
  void put_certificate(const Digest& sha256, const Bytes& der) override;
  void put_registry_entry(const RegistryEntry& entry) override;
  [[nodiscard]] exchange::Pruning& pruning() override { return pruning_; }
  [[nodiscard]] exchange::AlarmRows& alarms() override { return alarms_; }

 private:
  [[nodiscard]] bool unchanged(const RecentMessages::Message& message) const;
  // Of the queues: see sqlite_transaction_queues.cc.
  [[nodiscard]] std::vector<exchange::QueueRow> blockers_on_link(const exchange::OutgoingItem& item);
  [[nodiscard]] std::vector<exchange::QueueRow> blockers_in_inbox(const exchange::InboxItem& item);
  void block(exchange::QueueRow row, const std::vector<exchange::QueueRow>& blockers);
  bool unblock_others(exchange::QueueRow row);
  bool wait_from_now_on(exchange::QueueRow row);
  void raise_row(exchange::QueueRow row, int priority);
  bool raise_outgoing(exchange::QueueRow row, int priority);
  bool raise_inbox(exchange::QueueRow row, int priority);

  Database& database_;
  Batch& batch_;
  WaitingRows& waiting_;
  Turns& turns_;
  const RecentMessages& recent_;
  SqlitePruning pruning_;
  SqliteAlarmRows alarms_;
};

}  // namespace tram::store
