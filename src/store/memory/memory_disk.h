// What of a memory message store survives a simulated crash: committed states alone.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exchange/message_store.h"
#include "log/tree.h"

namespace tram::store {

/// The tiles of a log that lives in memory.
class MemoryTiles final : public log::TileReader {
 public:
  void put(std::vector<log::FullTile> tiles);
  [[nodiscard]] Result<Bytes> full_tile(unsigned level, std::uint64_t index) const override;

 private:
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles_;
};

/// The place of a waiting item in its queue: sorts by queue, the highest priority first, then by turn.
struct WaitingPlace {
  std::string queue;  ///< see queue_name.h
  int lowness = 0;    ///< minus the priority
  std::int64_t turn = 0;
  exchange::QueueRow row{};
  auto operator<=>(const WaitingPlace&) const = default;
};

/// The tables.
struct MemoryTables {
  std::int64_t last_message = 0;
  std::int64_t last_queue_row = 0;  ///< of both queues: a row names one item
  std::map<exchange::MessageRow, exchange::StoredMessage> messages;
  std::map<MessageKey, exchange::MessageRow> keys;
  std::map<std::pair<exchange::MessageRow, AgencyCode>, exchange::RecipientRow> recipients;
  std::map<exchange::QueueRow, exchange::OutgoingItem> outgoing;
  std::map<exchange::QueueRow, exchange::InboxItem> inbox;
  std::map<std::pair<exchange::MessageRow, AgencyCode>, exchange::QueueRow> inbox_of;
  std::map<std::pair<exchange::MessageRow, exchange::QueueRow>, bool> queued;  ///< true: outgoing, else inbox
  std::map<WaitingPlace, bool> waiting;              ///< of both queues; the value has no meaning
  std::map<exchange::QueueRow, std::int64_t> turns;  ///< of both queues
  std::map<std::pair<exchange::QueueRow, exchange::QueueRow>, bool> blocks;      ///< blocker, blocked
  std::map<std::pair<exchange::QueueRow, exchange::QueueRow>, bool> blocked_by;  ///< blocked, blocker
  std::vector<exchange::LogEntry> log;
  std::vector<Digest> new_leaves;  ///< of `log`, not yet in the tree
  std::uint64_t receipt_cursor = 0;
  std::map<std::pair<std::string, std::uint64_t>, Bytes> checkpoints;
  std::map<std::pair<exchange::MessageRow, std::uint64_t>, exchange::StoredReceipt> receipts;  ///< by number
  std::map<std::pair<exchange::MessageRow, AgencyCode>, Forwarding> forwardings;
  std::map<Digest, Bytes> certificates;
  std::map<Digest, RegistryEntry> registry;
  std::map<std::pair<MessageKey, exchange::MessageRow>, bool> statuses;  ///< by the message they name
};

/// Shared by a store and its successor after a crash; one store at a time. Threads: guarded by `mutex`.
struct MemoryDisk {
  std::mutex mutex;
  MemoryTables tables;
  MemoryTiles tiles;
  log::Tree tree{tiles};
};

/// What both a transaction and a reader answer. REQUIRES: the disk's mutex.
[[nodiscard]] std::optional<exchange::KnownMessage> find_message(const MemoryTables& tables,
                                                                 const MessageKey& key);
[[nodiscard]] Result<exchange::StoredMessage> load_message(const MemoryTables& tables,
                                                           exchange::MessageRow row);
[[nodiscard]] std::vector<exchange::RecipientRow> recipients_of(const MemoryTables& tables,
                                                                exchange::MessageRow message);
[[nodiscard]] std::optional<exchange::InboxItem> find_inbox_item(const MemoryTables& tables,
                                                                 exchange::MessageRow message,
                                                                 const AgencyCode& agency);

}  // namespace tram::store
