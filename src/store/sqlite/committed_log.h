// The log's tree up to the last commit.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "log/tree.h"
#include "store/sqlite/reader_pool.h"

namespace tram::store {

/// Full tiles as rows.
class SqliteTiles final : public log::TileReader {
 public:
  explicit SqliteTiles(ReaderPool& readers) : readers_(readers) {}
  [[nodiscard]] Result<Bytes> full_tile(unsigned level, std::uint64_t index) const override;
  /// Part of the writer's open transaction. Throws StorageFailed.
  static void put(Database& database, const std::vector<log::FullTile>& tiles);

 private:
  ReaderPool& readers_;
};

/// Threads: reads any; prepare() and publish() the committer alone.
class CommittedLog {
 public:
  explicit CommittedLog(ReaderPool& readers) : tiles_(readers), tree_(tiles_) {}

  /// Rebuilds the tree from what is stored. With an origin, compares it with the latest checkpoint kept of
  /// it: DATA_LOSS, LOG_BEHIND_CHECKPOINT or LOG_FORKED. Throws StorageFailed.
  [[nodiscard]] Result<void> restore(Database& database, const std::string& origin);

  /// Before the commit: writes the tiles that these leaves fill into the open transaction.
  void prepare(Database& database, const std::vector<Digest>& leaves);
  /// After the commit of what was prepared.
  void publish(const std::vector<Digest>& leaves);

  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] Result<Digest> root(std::uint64_t size) const;
  [[nodiscard]] Result<log::Path> prove(std::uint64_t index, std::uint64_t size) const;

 private:
  const SqliteTiles tiles_;
  mutable std::mutex mutex_;       // of tree_, whose reads fill a cache
  log::Tree tree_;                 // committed leaves alone
  std::optional<log::Tree> next_;  // the committer's; made only when a batch fills a tile
};

}  // namespace tram::store
