// A node that was restored from a backup gets back what peers had sent it since.
#include <gtest/gtest.h>

#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

class HandingBackTest : public testing::Test {
 protected:
  void send(const std::string& id) { world.sender.send(request(dispatch("H52.01", id, {"G09.02"}))); }
  std::size_t known_to_ministry(const std::string& id) {
    return world.noivu.messages().find({code("H52.01"), MessageId(id)}) ? 1 : 0;
  }
  ThreeNodes world;
};

TEST_F(HandingBackTest, WhatCameSinceTheBackupIsSentAgainAndNothingTwice) {
  world.start();
  send("before");
  ASSERT_TRUE(world.settle());
  world.noivu.crash();
  const auto copy = world.noivu.copy_disk();
  world.noivu.start();
  const Timestamp taken_at = world.world.now();
  send("after");
  ASSERT_TRUE(world.settle());
  ASSERT_EQ(world.ministry.taken().size(), 2U);
  world.noivu.crash();
  world.noivu.replace_disk(copy);
  world.noivu.settings().lacks_since = taken_at - std::chrono::minutes(1);
  world.noivu.start();
  EXPECT_EQ(known_to_ministry("after"), 0U) << "the copy is older";
  ASSERT_TRUE(
      world.world.run_until([&] { return known_to_ministry("after") == 1; }, std::chrono::minutes(1)));
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.ministry.taken().size(), 2U) << "the same deliveryId has one effect";
}

TEST_F(HandingBackTest, ANodeThatLacksNothingIsSentNothing) {
  world.start();
  send("one");
  ASSERT_TRUE(world.settle());
  std::size_t hops = 0;
  world.network.tamper = [&](const AgencyCode&, const AgencyCode&, exchange::HopItem&) { ++hops; };
  world.noivu.crash();
  world.noivu.start();
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(hops, 0U);
}

}  // namespace
}  // namespace tram::sim
