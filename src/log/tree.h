// The log's Merkle tree: append-only, in memory only along its right edge, the rest in full tiles (C2SP
// tlog-tiles).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "log/merkle.h"
#include "log/tile_cache.h"
#include "log/tile_nodes.h"

namespace tram::log {

/// Port to the tiles stored so far. Implementations may be called from every thread that uses a tree over
/// them.
class TileReader {
 public:
  virtual ~TileReader() = default;
  /// The 8,192 bytes of full tile `index` of tile level `level` (0 holds leaf hashes). One that should be
  /// there and is not: DATA_LOSS.
  [[nodiscard]] virtual Result<Bytes> full_tile(unsigned level, std::uint64_t index) const = 0;
};

/// A tile that became full: to be stored in the same transaction as the leaf that filled it.
struct FullTile {
  unsigned level = 0;
  std::uint64_t index = 0;
  Bytes bytes;  ///< kFullTileSize
};

/// A value. To be able to roll back, copy it before the transaction and assign the copy back if that fails: a
/// copy is what the edge holds, some tens of KiB, and does no hashing.
///
/// What append() returned must be readable through the reader once it is stored; until then the cache answers
/// for the kCachedTiles tiles used last. Every tile read is checked against the tree above it, whose top is
/// in memory.
///
/// Threads: one at a time, also for const methods, which fill a cache. For another thread make a copy.
class Tree {
 public:
  /// The empty tree. `reader` must outlive the tree and its copies.
  explicit Tree(const TileReader& reader) : reader_(&reader) {}

  /// The tree of `size` leaves as it was: `tail` are the leaf hashes after the last full tile, size mod 256
  /// of them. Reads at most 255 tiles a tile level. DATA_LOSS if the parts do not fit. The caller compares
  /// root() with what it knows, such as the last checkpoint it signed.
  [[nodiscard]] static Result<Tree> restore(const TileReader& reader, std::uint64_t size,
                                            std::span<const Digest> tail);

  /// Adds a leaf hash as index size(). The answer is usually empty; every 256th leaf fills a tile of level 0,
  /// every 65,536th one of level 1 too, and so on, lowest level first. REQUIRES: size() < kMaxTreeSize.
  [[nodiscard]] std::vector<FullTile> append(const Digest& leaf);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// The root of all leaves.
  [[nodiscard]] Result<Digest> root() const { return root_at(size_); }
  /// The root that the first `size` leaves have. INVALID_ARGUMENT above size().
  [[nodiscard]] Result<Digest> root_at(std::uint64_t size) const;
  /// The hash of one leaf. INVALID_ARGUMENT unless index < size().
  [[nodiscard]] Result<Digest> leaf(std::uint64_t index) const;

  /// The path from leaf `index` to the root of the first `size` leaves (RFC 6962 section 2.1.1).
  /// INVALID_ARGUMENT unless index < size <= size(). Many proofs for one size cost little more than copying
  /// their hashes.
  [[nodiscard]] Result<Path> inclusion_proof(std::uint64_t index, std::uint64_t size) const;
  /// The proof that the first `old_size` leaves are a prefix of the first `new_size` (RFC 6962
  /// section 2.1.2); empty when old_size is 0 or new_size. INVALID_ARGUMENT unless old_size <= new_size <=
  /// size().
  [[nodiscard]] Result<Path> consistency_proof(std::uint64_t old_size, std::uint64_t new_size) const;

 private:
  // The last node of each tree level for one size, incomplete ones included: element r covers the leaves from
  // the last multiple of 2^r below size to size.
  struct RightEdge {
    std::uint64_t size = 0;
    std::vector<Digest> last;
  };

  [[nodiscard]] Result<Digest> complete_node(unsigned tree_level, std::uint64_t index) const;
  [[nodiscard]] Result<const TileNodes*> tile(unsigned level, std::uint64_t index) const;
  [[nodiscard]] Result<void> prepare_right_edge(std::uint64_t size) const;
  [[nodiscard]] Result<void> restore_level(unsigned level, std::uint64_t tree_size);

  const TileReader* reader_;
  std::uint64_t size_ = 0;
  std::vector<TileNodes> edge_;     // the tile being filled, by tile level
  mutable TileCache cache_;         // full tiles
  mutable RightEdge right_edge_{};  // of the size asked for last; stays true as the tree grows
};

}  // namespace tram::log
