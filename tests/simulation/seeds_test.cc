// What a seed means.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/simulation/play.h"
#include "tests/simulation/scene.h"

namespace tram::sim {
namespace {

TEST(Seeds, OneSeedIsOneHistory) {
  for (const std::uint64_t seed : {3U, 77U, 1234U}) {
    std::vector<std::string> first;
    std::vector<std::string> second;
    const auto into = [](std::vector<std::string>& lines) {
      return [&lines](Duration elapsed, std::string_view line) {
        lines.push_back(std::to_string(elapsed.count()) + " " + std::string(line));
      };
    };
    const Outcome one = play(seed, 0, into(first));
    const Outcome other = play(seed, 0, into(second));
    EXPECT_EQ(one.history, other.history) << seed;
    EXPECT_GT(first.size(), 20U);
    EXPECT_EQ(first, second);
  }
}

TEST(Seeds, AnotherSeedIsAnotherHistory) { EXPECT_NE(play(3, 0).history, play(4, 0).history); }

TEST(Seeds, TheNumberOfNodesMayBeGiven) {
  for (const std::size_t nodes : {2U, 5U}) EXPECT_EQ(Scene(5, nodes).cast().nodes.size(), nodes);
}

TEST(Seeds, LayOutStarsAndChainsOfThreeToFive) {
  std::set<std::size_t> sizes;
  std::set<std::size_t> most_links;  // of one node: two in a chain, all in a star
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Scene scene(seed, 0);
    std::size_t most = 0;
    for (SimNode* node : scene.cast().nodes) most = std::max(most, node->settings().links.size());
    sizes.insert(scene.cast().nodes.size());
    most_links.insert(most);
  }
  EXPECT_EQ(sizes, (std::set<std::size_t>{3, 4, 5}));
  EXPECT_EQ(most_links, (std::set<std::size_t>{2, 3, 4}));
}

}  // namespace
}  // namespace tram::sim
