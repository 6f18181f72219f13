// A transaction over tables in memory.
#pragma once

#include <vector>

#include "store/claim_table.h"
#include "store/memory/memory_alarms.h"
#include "store/memory/memory_disk.h"
#include "store/memory/memory_pruning.h"
#include "store/memory/undo.h"
#include "store/turns.h"

namespace tram::store {

/// Writes at once, and remembers how to undo it. REQUIRES: the disk's mutex for as long as it lives.
class MemoryTransaction final : public exchange::Transaction {
 public:
  MemoryTransaction(MemoryTables& tables, Undo& undo, Turns& turns, ClaimTable& claims)
      : tables_(tables),
        undo_(undo),
        turns_(turns),
        claims_(claims),
        pruning_(tables, undo),
        alarms_(tables, undo) {}

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
  [[nodiscard]] bool withhold(exchange::QueueRow row) override { return claims_.withhold(row); }
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

  /// Queue rows that are gone, and those whose claims end though they stay.
  [[nodiscard]] const std::vector<exchange::QueueRow>& removed() const { return removed_; }
  [[nodiscard]] const std::vector<exchange::QueueRow>& unclaimed() const { return unclaimed_; }

 private:
  // Of the queues: see memory_transaction_queues.cc.
  void set_waiting(const WaitingPlace& place, bool waits);
  [[nodiscard]] exchange::QueueRow next_queue_row();
  template <class Item>
  [[nodiscard]] WaitingPlace place_of(const Item& item) const;
  template <class Item>
  [[nodiscard]] exchange::QueueRow enqueue(std::map<exchange::QueueRow, Item>& items, Item item);
  template <class Item>
  [[nodiscard]] std::vector<exchange::QueueRow> blockers_of(const std::map<exchange::QueueRow, Item>& items,
                                                            const Item& item) const;
  template <class Item>
  bool raise(std::map<exchange::QueueRow, Item>& items, exchange::QueueRow row, int priority);
  template <class Item>
  bool wait_from_now_on(std::map<exchange::QueueRow, Item>& items, exchange::QueueRow row);
  void raise_row(exchange::QueueRow row, int priority);
  void forget_turn(const WaitingPlace& place);
  bool unblock_others(exchange::QueueRow row);

  MemoryTables& tables_;
  Undo& undo_;
  Turns& turns_;
  ClaimTable& claims_;
  MemoryPruning pruning_;
  MemoryAlarmRows alarms_;
  std::vector<exchange::QueueRow> removed_;
  std::vector<exchange::QueueRow> unclaimed_;
};

}  // namespace tram::store
