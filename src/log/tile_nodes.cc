#include "log/tile_nodes.h"

#include <bit>

#include "log/merkle.h"

namespace tram::log {
namespace {

constexpr std::size_t kMaxNodes = 2 * kTileWidth - 1;

// Before hash k come k hashes and the k - popcount(k) nodes they completed.
std::size_t position(std::uint64_t hash) { return 2 * hash - static_cast<std::size_t>(std::popcount(hash)); }

}  // namespace

Result<TileNodes> TileNodes::from_full_tile(BytesView bytes) {
  if (bytes.size() != kFullTileSize) {
    return failure(ErrorCode::data_loss, "TILE_MALFORMED", "a full tile of the log does not have 8192 bytes");
  }
  TileNodes tile;
  for (std::size_t at = 0; at < bytes.size(); at += Digest::kSize) {
    tile.push(*Digest::from_bytes(bytes.substr(at, Digest::kSize)));
  }
  return tile;
}

void TileNodes::push(const Digest& hash) {
  if (nodes_.capacity() < kMaxNodes) nodes_.reserve(kMaxNodes);
  nodes_.push_back(hash);
  for (unsigned row = 0; (count_ >> row & 1) != 0; ++row) {
    nodes_.push_back(node_hash(node(row, (count_ >> row) - 1), nodes_.back()));
  }
  ++count_;
}

// A node follows the last hash below it, after the nodes of the lower rows that end there too.
const Digest& TileNodes::node(unsigned row, std::uint64_t index) const {
  return nodes_[position(((index + 1) << row) - 1) + row];
}

Bytes TileNodes::to_bytes() const {
  Bytes out;
  out.reserve(count_ * Digest::kSize);
  for (std::uint64_t i = 0; i < count_; ++i) out += node(0, i).bytes();
  return out;
}

}  // namespace tram::log
