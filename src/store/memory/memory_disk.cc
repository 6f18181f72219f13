#include "store/memory/memory_disk.h"

namespace tram::store {

using namespace exchange;

void MemoryTiles::put(std::vector<log::FullTile> tiles) {
  for (auto& tile : tiles) tiles_.emplace(std::pair(tile.level, tile.index), std::move(tile.bytes));
}

Result<Bytes> MemoryTiles::full_tile(unsigned level, std::uint64_t index) const {
  const auto found = tiles_.find({level, index});
  if (found == tiles_.end())
    return failure(ErrorCode::data_loss, "TILE_MISSING", "a tile of the log is gone");
  return found->second;
}

void sync(MemoryDisk& disk) { disk.unsynced = {}; }

void take_back_unsynced(MemoryDisk& disk, std::size_t mark) {
  disk.unsynced.roll_back(mark);
  if (disk.tree.size() <= disk.tables.leaves.size()) return;
  disk.tiles = {};
  disk.tree = log::Tree(disk.tiles);
  extend_tree(disk);
}

void extend_tree(MemoryDisk& disk) {
  for (std::uint64_t index = disk.tree.size(); index < disk.tables.leaves.size(); ++index)
    disk.tiles.put(disk.tree.append(disk.tables.leaves[index]));
}

std::optional<KnownMessage> find_message(const MemoryTables& tables, const MessageKey& key) {
  const auto found = tables.keys.find(key);
  if (found == tables.keys.end()) return std::nullopt;
  const StoredMessage& message = tables.messages.at(found->second);
  return KnownMessage{message.row,       message.header_digest, message.submitted_digest,
                      message.from_link, message.stored_at,     message.log_index};
}

Result<StoredMessage> load_message(const MemoryTables& tables, MessageRow row) {
  const auto found = tables.messages.find(row);
  if (found == tables.messages.end())
    return failure(ErrorCode::not_found, "MESSAGE_GONE", "the message is not stored here any more");
  return found->second;
}

std::vector<RecipientRow> recipients_of(const MemoryTables& tables, MessageRow message) {
  std::vector<RecipientRow> out;
  for (auto at = tables.recipients.lower_bound({message, AgencyCode()});
       at != tables.recipients.end() && at->first.first == message; ++at)
    out.push_back(at->second);
  return out;
}

std::optional<InboxItem> find_inbox_item(const MemoryTables& tables, MessageRow message,
                                         const AgencyCode& agency) {
  const auto found = tables.inbox_of.find({message, agency});
  if (found == tables.inbox_of.end()) return std::nullopt;
  return tables.inbox.at(found->second);
}

}  // namespace tram::store
