#include "store/sqlite/committed_log.h"

#include <utility>

#include "log/checkpoint.h"
#include "log/note.h"
#include "store/sqlite/storage_failed.h"

namespace tram::store {
namespace {

std::int64_t place_of(unsigned level, std::uint64_t index) {
  return static_cast<std::int64_t>((std::uint64_t{level} << 56) + index);
}

std::uint64_t stored_size(Database& database) {
  Query query = database.query("SELECT coalesce(max(position) + 1, 0) FROM log");
  return query.next() ? query.as<std::uint64_t>(0) : 0;
}

// Leaf hashes after the last full tile.
std::vector<Digest> tail_of(Database& database, std::uint64_t size) {
  std::vector<Digest> tail;
  Query query = database.query("SELECT record FROM log WHERE position >= ? ORDER BY position",
                               size - size % log::kTileWidth);
  while (query.next()) tail.push_back(log::leaf_hash(query.bytes(0)));
  return tail;
}

std::optional<Bytes> latest_note(Database& database, const std::string& origin) {
  Query query =
      database.query("SELECT note FROM checkpoint WHERE origin = ? ORDER BY size DESC LIMIT 1", origin);
  if (!query.next()) return std::nullopt;
  return query.bytes(0);
}

Result<log::Checkpoint> read_checkpoint(const Bytes& bytes) {
  const auto note = log::parse_note(bytes);
  if (!note) return note.error();
  return log::parse_checkpoint(note->text);
}

Result<void> compare(const log::Tree& tree, const Bytes& note) {
  const auto checkpoint = read_checkpoint(note);
  if (!checkpoint) return checkpoint.error();
  if (checkpoint->size > tree.size())
    return failure(
        ErrorCode::data_loss, "LOG_BEHIND_CHECKPOINT",
        "the log is shorter than the checkpoint this node signed last",
        "restore a complete backup; a log that goes on from here would contradict what was signed");
  const auto root = tree.root_at(checkpoint->size);
  if (!root) return root.error();
  if (*root != checkpoint->root)
    return failure(ErrorCode::data_loss, "LOG_FORKED",
                   "the log's entries do not hash to the checkpoint this node signed last",
                   "restore a backup; the stored entries were changed or damaged");
  return {};
}

}  // namespace

Result<Bytes> SqliteTiles::full_tile(unsigned level, std::uint64_t index) const {
  try {
    ReaderPool::Lease database(readers_);
    Query query = (*database).query("SELECT hashes FROM tile WHERE place = ?", place_of(level, index));
    if (query.next()) return query.bytes(0);
    return failure(ErrorCode::data_loss, "TILE_MISSING", "a tile of the log is gone",
                   "restore the node's data folder from a backup");
  } catch (const StorageFailed& failed) {
    return failed.error;
  }
}

void SqliteTiles::put(Database& database, const std::vector<log::FullTile>& tiles) {
  for (const auto& tile : tiles)
    database.run("INSERT INTO tile (place, hashes) VALUES (?, ?)", place_of(tile.level, tile.index),
                 Blob{tile.bytes});
}

Result<void> CommittedLog::restore(Database& database, const std::string& origin) {
  const std::uint64_t size = stored_size(database);
  auto tree = log::Tree::restore(tiles_, size, tail_of(database, size));
  if (!tree) return tree.error();
  const std::lock_guard lock(mutex_);
  tree_ = *std::move(tree);
  if (origin.empty()) return {};
  const auto note = latest_note(database, origin);
  return note ? compare(tree_, *note) : Result<void>();
}

void CommittedLog::prepare(Database& database, const std::vector<Digest>& leaves) {
  next_.reset();
  {
    const std::lock_guard lock(mutex_);
    if (tree_.size() % log::kTileWidth + leaves.size() < log::kTileWidth) return;
    next_ = tree_;
  }
  for (const Digest& leaf : leaves) SqliteTiles::put(database, next_->append(leaf));
}

void CommittedLog::publish(const std::vector<Digest>& leaves) {
  const std::lock_guard lock(mutex_);
  if (next_) {
    tree_ = *std::move(next_);
    next_.reset();
    return;
  }
  for (const Digest& leaf : leaves) static_cast<void>(tree_.append(leaf));  // fills no tile: see prepare()
}

std::uint64_t CommittedLog::size() const {
  const std::lock_guard lock(mutex_);
  return tree_.size();
}

Result<Digest> CommittedLog::root(std::uint64_t size) const {
  const std::lock_guard lock(mutex_);
  return tree_.root_at(size);
}

Result<log::Path> CommittedLog::prove(std::uint64_t index, std::uint64_t size) const {
  const std::lock_guard lock(mutex_);
  return tree_.inclusion_proof(index, size);
}

}  // namespace tram::store
