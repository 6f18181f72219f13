// A node that is told to stop: nothing new, what is in flight is answered, nothing is lost.
#include <gtest/gtest.h>

#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

using namespace std::chrono_literals;

class Draining : public testing::Test {
 protected:
  Draining() {
    world.start();
    world.world.run_for(1s);
    world.network.faults.latency = 20ms;
  }
  void send(int count) {
    for (int i = 0; i < count; ++i)
      world.sender.send(request(dispatch("H52.01", "d" + std::to_string(i), {"G09.02"})));
  }
  std::size_t queued(SimNode& node) { return node.tables().outgoing.size(); }
  std::size_t stored(SimNode& node) { return node.tables().messages.size(); }

  ThreeNodes world;
};

TEST_F(Draining, WhatIsInFlightIsAnsweredAndNothingNewIsSent) {
  send(60);  // more than the window of 32
  world.world.run_for(30ms);
  ASSERT_EQ(stored(world.sonla), 60U);
  ASSERT_EQ(queued(world.sonla), 60U);
  bool done = false;
  world.sonla.node().drain([&] { done = true; });
  EXPECT_FALSE(done);
  ASSERT_TRUE(world.world.run_until([&] { return done; }, 5s));
  EXPECT_EQ(queued(world.sonla), 28U) << "the window was answered, the rest stays";
  EXPECT_FALSE(world.sonla.node().links()[0].connected);
  world.world.run_for(1min);
  EXPECT_EQ(queued(world.sonla), 28U) << "no link is opened again";
  world.sonla.node().stop();
  world.sonla.crash();
  world.sonla.start();
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.ministry.taken().size(), 60U);
  EXPECT_TRUE(world.ministry.violations().empty());
}

TEST_F(Draining, LinksThatAreDownOrIdleAreDoneAtOnce) {
  world.network.cut(code("H01"), code("G09"));
  world.world.run_for(1s);
  bool done = false;
  world.truc.node().drain([&] { done = true; });
  EXPECT_TRUE(world.world.run_until([&] { return done; }, 1s));
  world.world.run_for(1min);
  EXPECT_FALSE(world.truc.node().links()[0].connected);
}

TEST_F(Draining, ALinkThatBreaksMeanwhileIsDone) {
  send(10);
  world.world.run_for(30ms);
  bool done = false;
  world.sonla.node().drain([&] { done = true; });
  world.network.cut(code("H52"), code("H01"));
  EXPECT_TRUE(world.world.run_until([&] { return done; }, 1s));
  EXPECT_EQ(queued(world.sonla), 10U);
}

TEST_F(Draining, TheOtherEndSendsNothingNewAndHearsTheAnswers) {
  send(60);
  world.world.run_for(30ms);
  world.network.announce_draining(code("H01"));
  ASSERT_TRUE(world.world.run_until([&] { return queued(world.sonla) <= 28; }, 5s));
  world.world.run_for(10ms);
  EXPECT_EQ(stored(world.truc), 32U);
  EXPECT_EQ(queued(world.sonla), 28U);
  EXPECT_FALSE(world.sonla.node().links()[0].connected);
  EXPECT_NE(world.sonla.node().links()[0].last_error.find("the peer is stopping"), std::string::npos);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.ministry.taken().size(), 60U);
}

}  // namespace
}  // namespace tram::sim
