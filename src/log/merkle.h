// Hashes and proofs of the Merkle tree of RFC 6962 section 2.1, which RFC 9162 section 2.1 keeps. Pure
// functions over possibly hostile input: time and memory are bounded by the length of the path, at most
// kMaxPathLength. Threads: every function, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"

namespace tram::log {

/// Hashes of a proof in the order of RFC 6962: from the leaf's sibling up to a child of the root.
using Path = std::vector<Digest>;

/// No proof for a tree of less than 2^64 leaves has more hashes than this.
inline constexpr std::size_t kMaxPathLength = 64;
/// Most leaves a tree may have; leaves room for arithmetic in 64 bits.
inline constexpr std::uint64_t kMaxTreeSize = std::uint64_t{1} << 62;
/// Longest entry an entry bundle of C2SP tlog-tiles can hold.
inline constexpr std::size_t kMaxEntrySize = 65535;

/// SHA-256(0x00 ‖ entry): the leaf of an entry.
[[nodiscard]] Digest leaf_hash(BytesView entry);
/// SHA-256(0x01 ‖ left ‖ right): the node above two nodes.
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);
/// SHA-256 of nothing: the root of the tree without leaves.
[[nodiscard]] const Digest& empty_root();

/// The root that `path` leads to from leaf `index` of a tree of `size` leaves (RFC 9162 section 2.1.3.2 up to
/// its comparison). A path of another length than that position has: FAILED_PRECONDITION,
/// INCLUSION_PROOF_INVALID.
[[nodiscard]] Result<Digest> root_from_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                                                 std::span<const Digest> path);

/// Whether `leaf` is at `index` in the tree of `size` leaves with that root; if not, FAILED_PRECONDITION,
/// INCLUSION_PROOF_INVALID.
[[nodiscard]] Result<void> verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                                            std::span<const Digest> path, const Digest& root);

/// Whether the tree of `old_size` leaves is a prefix of that of `new_size` leaves (RFC 9162 section 2.1.4.2);
/// if not, FAILED_PRECONDITION, CONSISTENCY_PROOF_INVALID. The empty tree is a prefix of every tree and equal
/// sizes need equal roots; both go with an empty path.
[[nodiscard]] Result<void> verify_consistency(std::uint64_t old_size, const Digest& old_root,
                                              std::uint64_t new_size, const Digest& new_root,
                                              std::span<const Digest> path);

}  // namespace tram::log
