#include "log/tree.h"

#include <gtest/gtest.h>

#include "tests/log/support.h"

namespace tram::log {
namespace {

struct Grown {
  MemoryTiles tiles;
  Tree tree{tiles};
  explicit Grown(std::uint64_t size) { grow(tree, tiles, size); }
};

TEST(Tree, RootsOfEverySizeAreThoseOfTheDefinition) {
  const auto all = leaves(1030);
  MemoryTiles tiles;
  Tree tree(tiles);
  for (std::size_t size = 0; size <= all.size(); ++size) {
    grow(tree, tiles, size);
    ASSERT_EQ(tree.root().value(), naive_root(Leaves(all).first(size))) << size;
  }
  for (std::size_t size = 0; size <= all.size(); ++size) {
    ASSERT_EQ(tree.root_at(size).value(), naive_root(Leaves(all).first(size))) << size;
  }
}

TEST(Tree, InclusionProofsOfSmallTreesAreThoseOfTheDefinition) {
  const auto all = leaves(70);
  Grown log(all.size());
  for (std::size_t size = 1; size <= all.size(); ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      ASSERT_EQ(log.tree.inclusion_proof(index, size).value(), naive_path(index, Leaves(all).first(size)));
    }
  }
}

TEST(Tree, ConsistencyProofsOfSmallTreesAreThoseOfTheDefinition) {
  const auto all = leaves(70);
  Grown log(all.size());
  for (std::size_t new_size = 1; new_size <= all.size(); ++new_size) {
    for (std::size_t old_size = 1; old_size < new_size; ++old_size) {
      ASSERT_EQ(log.tree.consistency_proof(old_size, new_size).value(),
                naive_subproof(old_size, Leaves(all).first(new_size), true));
    }
    EXPECT_TRUE(log.tree.consistency_proof(0, new_size).value().empty());
    EXPECT_TRUE(log.tree.consistency_proof(new_size, new_size).value().empty());
  }
}

TEST(Tree, EveryIndexOfTreesUpToAThousandVerifies) {
  Grown log(1030);
  for (std::uint64_t size = 1; size <= 1030; size += size < 250 ? 7 : size < 262 || size > 1020 ? 1 : 23) {
    const Digest root = log.tree.root_at(size).value();
    for (std::uint64_t index = 0; index < size; ++index) {
      const Path path = log.tree.inclusion_proof(index, size).value();
      ASSERT_TRUE(verify_inclusion(leaf_of(index), index, size, path, root)) << index << " of " << size;
    }
  }
}

TEST(Tree, EveryOldSizeOfTreesUpToAThousandVerifies) {
  Grown log(1030);
  for (const std::uint64_t size : {255, 256, 257, 511, 512, 513, 777, 1023, 1024, 1025, 1030}) {
    const Digest root = log.tree.root_at(size).value();
    for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
      const Path path = log.tree.consistency_proof(old_size, size).value();
      ASSERT_TRUE(verify_consistency(old_size, log.tree.root_at(old_size).value(), size, root, path))
          << old_size << " to " << size;
    }
  }
}

TEST(Tree, LeavesComeBack) {
  Grown log(600);
  for (std::uint64_t i = 0; i < 600; ++i) ASSERT_EQ(log.tree.leaf(i).value(), leaf_of(i));
  EXPECT_FALSE(log.tree.leaf(600));
}

TEST(Tree, RefusesWhatIsBeyondItsSize) {
  Grown log(300);
  EXPECT_EQ(log.tree.root_at(301).error().code, ErrorCode::invalid_argument);
  EXPECT_FALSE(log.tree.inclusion_proof(0, 301));
  EXPECT_FALSE(log.tree.inclusion_proof(300, 300));
  EXPECT_FALSE(log.tree.inclusion_proof(5, 5));
  EXPECT_FALSE(log.tree.inclusion_proof(0, 0));
  EXPECT_FALSE(log.tree.consistency_proof(0, 301));
  EXPECT_FALSE(log.tree.consistency_proof(6, 5));
}

TEST(Tree, ACopyRollsBack) {
  Grown log(250);
  const Tree before = log.tree;
  for (std::uint64_t i = 0; i < 300; ++i) static_cast<void>(log.tree.append(leaf_hash("lost")));
  ASSERT_TRUE(log.tree.inclusion_proof(3, 550));  // the tile lost with the transaction is in use
  log.tree = before;
  EXPECT_EQ(log.tree.size(), 250U);
  grow(log.tree, log.tiles, 550);
  EXPECT_EQ(log.tree.root().value(), naive_root(leaves(550)));
  for (std::uint64_t index = 0; index < 550; ++index) {
    ASSERT_TRUE(verify_inclusion(leaf_of(index), index, 550, log.tree.inclusion_proof(index, 550).value(),
                                 log.tree.root().value()));
  }
}

TEST(Tree, ProofsNearTheRightEdgeReadNoTile) {
  Grown log(5000);
  for (std::uint64_t index = 4400; index < 5000; ++index) ASSERT_TRUE(log.tree.inclusion_proof(index, 5000));
  EXPECT_EQ(log.tiles.reads(), 0U);
}

TEST(Tree, TheCacheIsBoundedAndTheReaderFillsIt) {
  Grown log(256 * (kCachedTiles + 8));
  const Digest root = log.tree.root().value();
  for (std::uint64_t index = 0; index < log.tree.size(); index += 100) {
    const Path path = log.tree.inclusion_proof(index, log.tree.size()).value();
    ASSERT_TRUE(verify_inclusion(leaf_of(index), index, log.tree.size(), path, root));
  }
  EXPECT_GT(log.tiles.reads(), 0U);
}

TEST(Tree, ADamagedTileIsDataLossAndNeverAProof) {
  Grown log(256 * (kCachedTiles + 8));
  log.tiles.at(0, 0)[77] ^= 1;
  const auto proof = log.tree.inclusion_proof(3, log.tree.size());
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().reason, "LOG_DAMAGED");
  log.tiles.at(0, 1).pop_back();
  EXPECT_EQ(log.tree.inclusion_proof(300, log.tree.size()).error().reason, "TILE_MALFORMED");
}

}  // namespace
}  // namespace tram::log
