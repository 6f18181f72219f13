// One tile of the Merkle tree while it is in memory: its hashes and all complete nodes above them inside the
// tile.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/sha256.h"

namespace tram::log {

/// Hashes in a full tile (C2SP tlog-tiles), and the number of tree levels it spans.
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr unsigned kTileHeight = 8;
/// Bytes of a full tile.
inline constexpr std::size_t kFullTileSize = kTileWidth * Digest::kSize;

/// Grows from 0 to kTileWidth hashes. Row 0 holds those hashes, row 8 the tile's root once it is full. Nodes
/// lie in the order in which they become complete, so a copy costs only what is there: at most 511 × 32
/// bytes. Threads: as a std::vector.
class TileNodes {
 public:
  /// From the 8,192 bytes of a full tile; any other length is DATA_LOSS.
  [[nodiscard]] static Result<TileNodes> from_full_tile(BytesView bytes);

  /// REQUIRES: count() < kTileWidth.
  void push(const Digest& hash);
  /// How many hashes row 0 holds.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The node over the hashes [index << row, (index + 1) << row). REQUIRES: count() reaches that far.
  [[nodiscard]] const Digest& node(unsigned row, std::uint64_t index) const;
  /// REQUIRES: count() == kTileWidth.
  [[nodiscard]] const Digest& root() const { return nodes_.back(); }
  /// Row 0 as a file of tlog-tiles holds it: count() × 32 bytes.
  [[nodiscard]] Bytes to_bytes() const;

 private:
  std::uint64_t count_ = 0;
  std::vector<Digest> nodes_;
};

}  // namespace tram::log
