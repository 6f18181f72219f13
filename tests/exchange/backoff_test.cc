#include "exchange/backoff.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/three_nodes.h"

namespace tram::exchange {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(Backoff, DoublesUpToTheCapAndNeverGoesAQuarterBelow) {
  Duration full = milliseconds(100);
  for (std::uint32_t attempts = 1; attempts < 40; ++attempts) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const Duration wait = backoff(attempts, milliseconds(100), minutes(5), seed);
      EXPECT_LE(wait, full);
      EXPECT_GE(wait, full * 3 / 4);
    }
    full = std::min<Duration>(full * 2, minutes(5));
  }
}

TEST(Backoff, SpreadsSeeds) {
  std::set<Duration> waits;
  for (std::uint64_t seed = 0; seed < 100; ++seed) waits.insert(backoff(1, minutes(1), minutes(5), seed));
  EXPECT_GT(waits.size(), 95U);
}

TEST(Backoff, IsTheSameForTheSameSeed) {
  EXPECT_EQ(backoff(3, milliseconds(100), minutes(5), 7), backoff(3, milliseconds(100), minutes(5), 7));
}

TEST(Backoff, OfManyAttemptsStaysAtTheCap) {
  EXPECT_GE(backoff(UINT32_MAX, milliseconds(100), minutes(5), 1), minutes(5) * 3 / 4);
}

}  // namespace
}  // namespace tram::exchange

namespace tram::sim {
namespace {

TEST(Backoff, TriesGrowRarerAndAPeerThatCallsIsTriedAtOnce) {
  ThreeNodes world;
  world.sonla.settings().retry_cap = std::chrono::minutes(30);
  world.truc.settings().retry_cap = std::chrono::minutes(30);
  world.sonla.start();
  world.world.run_for(std::chrono::hours(3));
  const auto before = world.sonla.node().links().at(0);
  EXPECT_FALSE(before.connected);
  EXPECT_GT(before.attempts, 10U);
  EXPECT_LT(before.attempts, 30U);
  ASSERT_TRUE(before.next_try);
  world.truc.start();  // its own links call H52
  world.world.run_for(std::chrono::milliseconds(20));
  const auto after = world.sonla.node().links().at(0);
  EXPECT_TRUE(after.connected);
  EXPECT_EQ(after.attempts, 0U);
  EXPECT_TRUE(after.last_error.empty());
}

}  // namespace
}  // namespace tram::sim
