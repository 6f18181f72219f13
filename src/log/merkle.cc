#include "log/merkle.h"

#include <array>
#include <bit>
#include <cstring>

namespace tram::log {
namespace {

Error not_included(const char* why) {
  return failure(ErrorCode::failed_precondition, "INCLUSION_PROOF_INVALID", why);
}

Error not_consistent(const char* why) {
  return failure(ErrorCode::failed_precondition, "CONSISTENCY_PROOF_INVALID", why);
}

bool odd(std::uint64_t n) { return (n & 1) != 0; }

// A node of the new tree's rightmost path, by its index on its level and that of the level's last node. Both
// proofs climb with it.
struct Climber {
  std::uint64_t node;
  std::uint64_t last;

  void up() { node >>= 1, last >>= 1; }
  // The sibling lies to the left: also for the last node of a level that stands for a lower, incomplete one.
  [[nodiscard]] bool sibling_is_left() const { return odd(node) || node == last; }
  // After a left sibling was used: skips the levels at which the node has no sibling, then rises one more.
  void up_from_right() {
    while (!odd(node) && node != 0) up();
    up();
  }
};

Result<void> verify_growth(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                           const Digest& new_root, std::span<const Digest> path) {
  Climber at{old_size - 1, new_size - 1};
  while (odd(at.node)) at.up();
  // The first hash is the largest complete subtree that ends the old tree; when that is the whole old tree it
  // is known already and left out of the path.
  const bool old_is_complete = std::has_single_bit(old_size);
  if (!old_is_complete && path.empty()) return not_consistent("the path is too short for these sizes");
  Digest from_old = old_is_complete ? old_root : path.front();
  Digest from_new = from_old;
  for (const Digest& hash : path.subspan(old_is_complete ? 0 : 1)) {
    if (at.last == 0) return not_consistent("the path is too long for these sizes");
    if (at.sibling_is_left()) {
      from_old = node_hash(hash, from_old);
      from_new = node_hash(hash, from_new);
      at.up_from_right();
    } else {
      from_new = node_hash(from_new, hash);
      at.up();
    }
  }
  if (at.last != 0) return not_consistent("the path is too short for these sizes");
  if (from_old != old_root) return not_consistent("the path does not lead to the old root");
  if (from_new != new_root) return not_consistent("the path does not lead to the new root");
  return {};
}

}  // namespace

Digest leaf_hash(BytesView entry) { return Sha256::of(BytesView("\0", 1), entry); }

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<char, 1 + 2 * Digest::kSize> bytes;
  bytes[0] = 1;
  std::memcpy(bytes.data() + 1, left.bytes().data(), Digest::kSize);
  std::memcpy(bytes.data() + 1 + Digest::kSize, right.bytes().data(), Digest::kSize);
  return Sha256::of(BytesView(bytes.data(), bytes.size()));
}

const Digest& empty_root() {
  static const Digest root = Sha256::of({});
  return root;
}

Result<Digest> root_from_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                                   std::span<const Digest> path) {
  if (index >= size) return not_included("the index is not below the tree's size");
  if (path.size() > kMaxPathLength) return not_included("the path is too long for any tree");
  Climber at{index, size - 1};
  Digest hash = leaf;
  for (const Digest& sibling : path) {
    if (at.last == 0) return not_included("the path is too long for this index and size");
    if (at.sibling_is_left()) {
      hash = node_hash(sibling, hash);
      at.up_from_right();
    } else {
      hash = node_hash(hash, sibling);
      at.up();
    }
  }
  if (at.last != 0) return not_included("the path is too short for this index and size");
  return hash;
}

Result<void> verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                              std::span<const Digest> path, const Digest& root) {
  const auto reached = root_from_inclusion(leaf, index, size, path);
  if (!reached) return reached.error();
  if (*reached != root) return not_included("the path does not lead from this entry to the root");
  return {};
}

Result<void> verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t new_size,
                                const Digest& new_root, std::span<const Digest> path) {
  if (old_size > new_size) return not_consistent("the old tree is larger than the new one");
  if (path.size() > kMaxPathLength) return not_consistent("the path is too long for any tree");
  if (old_size != 0 && old_size != new_size)
    return verify_growth(old_size, old_root, new_size, new_root, path);
  if (!path.empty()) return not_consistent("the path is too long for these sizes");
  if (old_size == new_size && old_root != new_root) return not_consistent("two roots of one size");
  if (old_size == 0 && old_root != empty_root()) return not_consistent("not the root of the empty tree");
  return {};
}

}  // namespace tram::log
