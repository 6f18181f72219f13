// The tree where tiles fill and levels begin, and its recovery from what was stored.
#include <gtest/gtest.h>

#include "log/tree.h"
#include "tests/log/support.h"

namespace tram::log {
namespace {

constexpr std::uint64_t kTwoLevels = 65536;
constexpr std::uint64_t kMost = kTwoLevels + 600;

/// One log of 66,136 leaves for all tests here, which only read it.
struct LargeLog {
  MemoryTiles tiles;
  Tree tree{tiles};
  std::vector<Digest> all = leaves(kMost);
  LargeLog() { grow(tree, tiles, kMost); }
};

LargeLog& large() {
  static LargeLog log;
  return log;
}

Result<Tree> restored(const MemoryTiles& tiles, std::uint64_t size) {
  const std::uint64_t full = size / kTileWidth * kTileWidth;
  return Tree::restore(tiles, size, Leaves(large().all).subspan(full, size - full));
}

TEST(TreeBoundary, TilesFillInOrder) {
  MemoryTiles tiles;
  Tree tree(tiles);
  grow(tree, tiles, 255);
  EXPECT_EQ(tiles.count(), 0U);
  const auto first = tree.append(leaf_of(255));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].level, 0U);
  EXPECT_EQ(first[0].index, 0U);
  ASSERT_EQ(first[0].bytes.size(), kFullTileSize);
  for (std::uint64_t i = 0; i < 256; ++i) EXPECT_EQ(first[0].bytes.substr(i * 32, 32), leaf_of(i).bytes());
  tiles.store(first);
  grow(tree, tiles, kTwoLevels - 1);
  const auto both = tree.append(leaf_of(kTwoLevels - 1));
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].level, 0U);
  EXPECT_EQ(both[0].index, 255U);
  EXPECT_EQ(both[1].level, 1U);
  EXPECT_EQ(both[1].index, 0U);
  EXPECT_EQ(both[1].bytes.substr(0, 32), naive_root(Leaves(large().all).first(256)).bytes());
}

TEST(TreeBoundary, RootsAndProofsAroundTheSecondLevel) {
  const Tree& tree = large().tree;
  for (const std::uint64_t size : {kTwoLevels - 1, kTwoLevels, kTwoLevels + 1, kTwoLevels + 255,
                                   kTwoLevels + 256, kTwoLevels + 257, kMost}) {
    const Digest root = tree.root_at(size).value();
    ASSERT_EQ(root, naive_root(Leaves(large().all).first(size))) << size;
    for (std::uint64_t index = 0; index<size; index += index> size - 600 ? 1 : 311) {
      const Path path = tree.inclusion_proof(index, size).value();
      ASSERT_TRUE(verify_inclusion(leaf_of(index), index, size, path, root)) << index << " of " << size;
    }
    for (std::uint64_t old_size = 0; old_size <= size; old_size += old_size + 300 > size ? 1 : 257) {
      const Path path = tree.consistency_proof(old_size, size).value();
      ASSERT_TRUE(verify_consistency(old_size, tree.root_at(old_size).value(), size, root, path)) << old_size;
    }
  }
}

TEST(TreeBoundary, ARestoredTreeIsTheSameTree) {
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{257},
        std::uint64_t{1000}, kTwoLevels - 1, kTwoLevels, kTwoLevels + 1, kTwoLevels + 256, kMost}) {
    auto tree = restored(large().tiles, size);
    ASSERT_TRUE(tree) << tree.error().text();
    EXPECT_EQ(tree->size(), size);
    ASSERT_EQ(tree->root().value(), large().tree.root_at(size).value()) << size;
    if (size == 0) continue;
    const Path path = tree->inclusion_proof(size / 3, size).value();
    EXPECT_TRUE(verify_inclusion(leaf_of(size / 3), size / 3, size, path, tree->root().value()));
  }
}

TEST(TreeBoundary, ARestoredTreeGrowsAsIfNothingHadHappened) {
  for (const std::uint64_t size :
       {std::uint64_t{255}, std::uint64_t{256}, kTwoLevels - 256, kTwoLevels - 1, kTwoLevels}) {
    auto tree = restored(large().tiles, size).value();
    while (tree.size() < size + 300) {
      for (const FullTile& tile : tree.append(leaf_of(tree.size()))) {
        EXPECT_EQ(tile.bytes, large().tiles.at(tile.level, tile.index));
      }
    }
    EXPECT_EQ(tree.root().value(), large().tree.root_at(size + 300).value());
  }
}

TEST(TreeBoundary, RecoveryRefusesPartsThatDoNotFit) {
  const Leaves all = large().all;
  EXPECT_FALSE(Tree::restore(large().tiles, 300, all.subspan(256, 43)));
  EXPECT_FALSE(Tree::restore(large().tiles, 300, all.subspan(256, 45)));
  EXPECT_FALSE(Tree::restore(large().tiles, 0, all.subspan(0, 1)));
  EXPECT_FALSE(Tree::restore(large().tiles, kMaxTreeSize + 1, all.subspan(0, 1)));
  const MemoryTiles nothing;
  const auto missing = Tree::restore(nothing, 300, all.subspan(256, 44));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::data_loss);
}

TEST(TreeBoundary, RecoveryFromDamagedTilesGivesAnotherRoot) {
  MemoryTiles tiles;
  Tree tree(tiles);
  grow(tree, tiles, 600);
  tiles.at(0, 1)[4000] ^= 1;
  const auto after = Tree::restore(tiles, 600, Leaves(large().all).subspan(512, 88));
  ASSERT_TRUE(after);
  EXPECT_NE(after->root().value(), tree.root().value());
}

}  // namespace
}  // namespace tram::log
