// What of a memory message store survives a simulated crash: what was written a process's end, what was
// synced a power cut.
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
#include "store/memory/undo.h"

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
  std::vector<Digest> leaves;  ///< of `log`, also of what is pruned
  std::uint64_t receipt_cursor = 0;
  std::map<std::pair<std::string, std::uint64_t>, Bytes> checkpoints;
  std::map<std::pair<exchange::MessageRow, std::uint64_t>, exchange::StoredReceipt> receipts;  ///< by number
  std::map<std::pair<exchange::MessageRow, AgencyCode>, Forwarding> forwardings;
  std::map<Digest, Bytes> certificates;
  std::map<Digest, RegistryEntry> registry;
  std::map<std::pair<MessageKey, exchange::MessageRow>, bool> statuses;  ///< by the message they name
  std::map<std::pair<AlarmKind, std::string>, Alarm> alarms;             ///< by kind and subject
  std::map<exchange::MessageRow, Timestamp> deadlines;
};

/// How much of the batch that is being written when the power fails is on the disk afterwards.
enum class LastWrite : std::uint8_t { lost, torn, whole };

/// Shared by a store and its successor after a crash; one store at a time. Threads: guarded by `mutex`.
struct MemoryDisk {
  std::mutex mutex;
  MemoryTables tables;  ///< as written, synced or not
  Undo unsynced;        ///< brings `tables` back to what was synced last
  bool torn = false;    ///< the last write is not whole: its checksum says so
  bool full = false;    ///< a batch is undone and answered with DISK_FULL
  MemoryTiles tiles;    ///< with `tree`, a projection of the log in `tables`
  log::Tree tree{tiles};
};

/// Makes what was written survive a power cut. REQUIRES, as what follows: the disk's mutex.
void sync(MemoryDisk& disk);
/// Takes back what was written since the last sync, or the part of it after `mark`.
void take_back_unsynced(MemoryDisk& disk, std::size_t mark = 0);
/// The log's tree follows its entries.
void extend_tree(MemoryDisk& disk);

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
