// The few full tiles used last, expanded: what proofs near the right edge of the tree need.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "log/tile_nodes.h"

namespace tram::log {

/// Most tiles a cache holds; with 16 KiB each, at most 512 KiB.
inline constexpr std::size_t kCachedTiles = 32;

/// Least recently used goes first. A value: copies share the immutable tiles but not what is in the cache, so
/// that a tile of a transaction that is rolled back disappears with its tree. Threads: as a std::vector.
class TileCache {
 public:
  /// The tile, now the most recently used, or null.
  [[nodiscard]] const TileNodes* find(unsigned level, std::uint64_t index);
  /// REQUIRES: not there yet. The reference holds until the next put().
  const TileNodes& put(unsigned level, std::uint64_t index, TileNodes tile);

 private:
  struct Entry {
    unsigned level;
    std::uint64_t index;
    std::shared_ptr<const TileNodes> tile;
  };
  std::vector<Entry> entries_;  // most recently used first
};

}  // namespace tram::log
