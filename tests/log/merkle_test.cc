#include "log/merkle.h"

#include <gtest/gtest.h>

#include "tests/log/support.h"

namespace tram::log {
namespace {

// The entries and roots that implementations of RFC 6962 have shared since certificate-transparency's own
// tests.
const std::vector<Bytes>& known_entries() {
  static const std::vector<Bytes> entries = {"",   Bytes(1, '\0'), "\x10",     " !",
                                             "01", "@ABC",         "PQRSTUVW", "`abcdefghijklmno"};
  return entries;
}

constexpr std::array<std::string_view, 9> kKnownRoots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

TEST(Merkle, KnownRoots) {
  const MemoryTiles tiles;
  Tree tree(tiles);
  EXPECT_EQ(empty_root().hex(), kKnownRoots[0]);
  for (std::size_t size = 0;; ++size) {
    EXPECT_EQ(tree.root().value().hex(), kKnownRoots.at(size)) << size;
    if (size == known_entries().size()) break;
    EXPECT_TRUE(tree.append(leaf_hash(known_entries()[size])).empty());
  }
}

TEST(Merkle, KnownInclusionProof) {
  const Path path = {digest("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
                     digest("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                     digest("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")};
  EXPECT_TRUE(verify_inclusion(leaf_hash("@ABC"), 5, 8, path, digest(kKnownRoots[8])));
}

TEST(Merkle, KnownConsistencyProof) {
  const Path path = {digest("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
                     digest("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                     digest("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")};
  EXPECT_TRUE(verify_consistency(6, digest(kKnownRoots[6]), 8, digest(kKnownRoots[8]), path));
}

TEST(Merkle, EveryOtherInclusionClaimIsRefused) {
  constexpr std::size_t kMost = 20;
  const auto all = leaves(kMost);
  for (std::size_t size = 1; size <= kMost; ++size) {
    const Leaves tree = Leaves(all).first(size);
    const Digest root = naive_root(tree);
    for (std::size_t index = 0; index < size; ++index) {
      const Path path = naive_path(index, tree);
      ASSERT_TRUE(verify_inclusion(all[index], index, size, path, root));
      for (std::size_t other = 0; other < kMost; ++other) {
        if (other == index) continue;
        EXPECT_FALSE(verify_inclusion(all[index], other, size, path, root)) << index << " as " << other;
        EXPECT_FALSE(verify_inclusion(all[other], index, size, path, root)) << other << " for " << index;
      }
      EXPECT_FALSE(verify_inclusion(all[index], index, size, joined(path, root), root));
      EXPECT_FALSE(verify_inclusion(all[index], index, size, path, all[index]) && size > 1);
      if (path.empty()) continue;
      EXPECT_FALSE(verify_inclusion(all[index], index, size, std::span(path).first(path.size() - 1), root));
      EXPECT_FALSE(verify_inclusion(all[index], index, size, std::span(path).subspan(1), root));
    }
  }
}

TEST(Merkle, EveryChangedBitOfAnInclusionProofIsRefused) {
  const auto all = leaves(13);
  const Digest root = naive_root(all);
  const Path path = naive_path(9, all);
  for (std::size_t at = 0; at < path.size(); ++at) {
    for (std::size_t bit = 0; bit < 256; ++bit) {
      Bytes bytes(path[at].bytes());
      bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
      Path changed = path;
      changed[at] = Digest::from_bytes(bytes).value();
      EXPECT_FALSE(verify_inclusion(all[9], 9, 13, changed, root));
    }
  }
}

TEST(Merkle, RefusesWrongConsistency) {
  constexpr std::size_t kMost = 20;
  const auto all = leaves(kMost);
  for (std::size_t new_size = 1; new_size <= kMost; ++new_size) {
    const Digest new_root = naive_root(Leaves(all).first(new_size));
    for (std::size_t old_size = 1; old_size < new_size; ++old_size) {
      const Digest old_root = naive_root(Leaves(all).first(old_size));
      const Path path = naive_subproof(old_size, Leaves(all).first(new_size), true);
      ASSERT_TRUE(verify_consistency(old_size, old_root, new_size, new_root, path));
      EXPECT_FALSE(verify_consistency(old_size, new_root, new_size, new_root, path));
      EXPECT_FALSE(verify_consistency(old_size, old_root, new_size, old_root, path));
      EXPECT_FALSE(verify_consistency(new_size, new_root, old_size, old_root, path));
      EXPECT_FALSE(verify_consistency(old_size, old_root, new_size, new_root, joined(path, new_root)));
      EXPECT_FALSE(verify_consistency(old_size, old_root, new_size, new_root, std::span(path).subspan(1)));
      for (std::size_t at = 0; at < path.size(); ++at) {
        Path changed = path;
        changed[at] = leaf_of(1000);
        EXPECT_FALSE(verify_consistency(old_size, old_root, new_size, new_root, changed));
      }
    }
  }
}

TEST(Merkle, ConsistencyOfEmptyAndEqualTrees) {
  const Digest one = leaf_of(0);
  EXPECT_TRUE(verify_consistency(0, empty_root(), 0, empty_root(), {}));
  EXPECT_TRUE(verify_consistency(0, empty_root(), 1, one, {}));
  EXPECT_TRUE(verify_consistency(1, one, 1, one, {}));
  EXPECT_FALSE(verify_consistency(0, one, 1, one, {}));
  EXPECT_FALSE(verify_consistency(0, empty_root(), 1, one, Path{one}));
  EXPECT_FALSE(verify_consistency(1, one, 1, leaf_of(1), {}));
  EXPECT_FALSE(verify_consistency(1, one, 1, one, Path{one}));
}

TEST(Merkle, ExtremeNumbersAreRefusedQuickly) {
  constexpr std::uint64_t kLargest = ~std::uint64_t{0};
  const Path longest(kMaxPathLength, leaf_of(0));
  const Path longer(kMaxPathLength + 1, leaf_of(0));
  EXPECT_FALSE(verify_inclusion(leaf_of(0), 0, 0, {}, empty_root()));
  EXPECT_FALSE(verify_inclusion(leaf_of(0), kLargest, kLargest, longest, leaf_of(0)));
  EXPECT_FALSE(verify_inclusion(leaf_of(0), kLargest - 1, kLargest, longest, leaf_of(0)));
  EXPECT_FALSE(verify_inclusion(leaf_of(0), 0, kLargest, longer, leaf_of(0)));
  EXPECT_TRUE(root_from_inclusion(leaf_of(0), 0, kLargest, longest));
  EXPECT_FALSE(verify_consistency(1, leaf_of(0), kLargest, leaf_of(0), longest));
  EXPECT_FALSE(verify_consistency(kLargest - 1, leaf_of(0), kLargest, leaf_of(0), longest));
  EXPECT_FALSE(verify_consistency(kLargest - 1, leaf_of(0), kLargest, leaf_of(0), longer));
}

}  // namespace
}  // namespace tram::log
