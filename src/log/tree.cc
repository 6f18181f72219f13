#include "log/tree.h"

#include <bit>
#include <utility>

namespace tram::log {
namespace {

Error beyond(const char* field) {
  return invalid(field, "LOG_RANGE_INVALID", "beyond the log's size", "ask for what the log holds already");
}

Error damaged(const char* what) { return failure(ErrorCode::data_loss, "LOG_DAMAGED", what); }

// Full tiles that the tile level below has: hashes that this tile level has.
std::uint64_t hashes_at(unsigned level, std::uint64_t tree_size) {
  const unsigned shift = kTileHeight * level;
  return shift >= 64 ? 0 : tree_size >> shift;
}

}  // namespace

Result<Tree> Tree::restore(const TileReader& reader, std::uint64_t size, std::span<const Digest> tail) {
  if (size > kMaxTreeSize) return damaged("the log's size is out of range");
  if (tail.size() != size % kTileWidth)
    return damaged("the leaves after the last full tile do not fit the log's size");
  Tree tree(reader);
  if (size == 0) return tree;
  tree.edge_.emplace_back();
  for (const Digest& leaf : tail) tree.edge_[0].push(leaf);
  for (unsigned level = 1; hashes_at(level, size) > 0; ++level) {
    if (const auto restored = tree.restore_level(level, size); !restored) return restored.error();
  }
  tree.size_ = size;
  return tree;
}

Result<void> Tree::restore_level(unsigned level, std::uint64_t tree_size) {
  const std::uint64_t end = hashes_at(level, tree_size);
  edge_.emplace_back();
  for (std::uint64_t index = end / kTileWidth * kTileWidth; index < end; ++index) {
    const auto bytes = reader_->full_tile(level - 1, index);
    if (!bytes) return bytes.error();
    const auto below = TileNodes::from_full_tile(*bytes);
    if (!below) return below.error();
    edge_[level].push(below->root());
  }
  return {};
}

std::vector<FullTile> Tree::append(const Digest& leaf) {
  std::vector<FullTile> full;
  Digest hash = leaf;
  for (unsigned level = 0;; ++level) {
    if (edge_.size() == level) edge_.emplace_back();
    TileNodes& filling = edge_[level];
    filling.push(hash);
    if (filling.count() < kTileWidth) break;
    hash = filling.root();
    const std::uint64_t index = hashes_at(level + 1, size_);
    full.push_back({level, index, filling.to_bytes()});
    cache_.put(level, index, std::exchange(filling, TileNodes()));
  }
  ++size_;
  return full;
}

Result<const TileNodes*> Tree::tile(unsigned level, std::uint64_t index) const {
  if (index == hashes_at(level + 1, size_)) return &edge_[level];
  if (const TileNodes* cached = cache_.find(level, index)) return cached;
  const auto bytes = reader_->full_tile(level, index);
  if (!bytes) return bytes.error();
  auto read = TileNodes::from_full_tile(*bytes);
  if (!read) return read.error();
  const auto expected = complete_node(kTileHeight * (level + 1), index);
  if (!expected) return expected.error();
  if (read->root() != *expected) return damaged("a tile of the log does not hash to the node above it");
  return &cache_.put(level, index, *std::move(read));
}

// REQUIRES: (index + 1) << tree_level <= size_.
Result<Digest> Tree::complete_node(unsigned tree_level, std::uint64_t index) const {
  const unsigned row = tree_level % kTileHeight;
  const unsigned shift = kTileHeight - row;
  const auto holder = tile(tree_level / kTileHeight, index >> shift);
  if (!holder) return holder.error();
  return (*holder)->node(row, index & ((std::uint64_t{1} << shift) - 1));
}

// REQUIRES: 0 < size <= size_.
Result<void> Tree::prepare_right_edge(std::uint64_t size) const {
  if (right_edge_.size == size) return {};
  RightEdge edge{size, {}};
  auto hash = complete_node(0, size - 1);
  for (unsigned level = 0; hash; ++level) {
    edge.last.push_back(*hash);
    const std::uint64_t last = (size - 1) >> level;
    if (last == 0) break;
    if (last % 2 == 0) continue;  // no sibling: the node stands for its parent too
    const auto left = complete_node(level, last - 1);
    if (!left) return left.error();
    hash = node_hash(*left, *hash);
  }
  if (!hash) return hash.error();
  right_edge_ = std::move(edge);
  return {};
}

Result<Digest> Tree::root_at(std::uint64_t size) const {
  if (size > size_) return beyond("size");
  if (size == 0) return empty_root();
  if (const auto ready = prepare_right_edge(size); !ready) return ready.error();
  return right_edge_.last.back();
}

Result<Digest> Tree::leaf(std::uint64_t index) const {
  if (index >= size_) return beyond("index");
  return complete_node(0, index);
}

Result<Path> Tree::inclusion_proof(std::uint64_t index, std::uint64_t size) const {
  if (size > size_) return beyond("size");
  if (index >= size) return beyond("index");
  if (const auto ready = prepare_right_edge(size); !ready) return ready.error();
  Path path;
  path.reserve(right_edge_.last.size());
  for (unsigned level = 0; (size - 1) >> level != 0; ++level) {
    const std::uint64_t sibling = index >> level ^ 1;
    const std::uint64_t last = (size - 1) >> level;
    if (sibling > last) continue;
    if (sibling == last) {
      path.push_back(right_edge_.last[level]);
      continue;
    }
    const auto hash = complete_node(level, sibling);
    if (!hash) return hash.error();
    path.push_back(*hash);
  }
  return path;
}

// SUBPROOF of RFC 6962 section 2.1.2 from the bottom up: it starts at the largest complete subtree that ends
// the old tree and climbs; a left sibling belongs to both trees, a right one to the new tree alone.
Result<Path> Tree::consistency_proof(std::uint64_t old_size, std::uint64_t new_size) const {
  if (new_size > size_) return beyond("new_size");
  if (old_size > new_size) return beyond("old_size");
  if (old_size == 0 || old_size == new_size) return Path();
  if (const auto ready = prepare_right_edge(new_size); !ready) return ready.error();
  auto level = static_cast<unsigned>(std::countr_zero(old_size));
  std::uint64_t node = (old_size - 1) >> level;
  Path path;
  const auto add = [&](std::uint64_t index) -> Result<void> {
    if (index > (new_size - 1) >> level) return {};
    if (index == (new_size - 1) >> level) {
      path.push_back(right_edge_.last[level]);
      return {};
    }
    const auto hash = complete_node(level, index);
    if (!hash) return hash.error();
    path.push_back(*hash);
    return {};
  };
  if (node != 0) {  // otherwise the old tree is that subtree, and the verifier has its root
    if (const auto added = add(node); !added) return added.error();
  }
  for (; (new_size - 1) >> level != 0; ++level, node >>= 1) {
    if (const auto added = add(node ^ 1); !added) return added.error();
  }
  return path;
}

}  // namespace tram::log
