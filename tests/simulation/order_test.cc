// Messages of one class leave in the order in which they were accepted; urgent ones first.
#include <gtest/gtest.h>

#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

void send(ThreeNodes& world, const std::string& id, Priority priority = Priority::routine) {
  Submission fields = dispatch("H52.01", id, {"G09.02"});
  fields.priority = priority;
  world.sender.send(request(fields));
}

std::vector<MessageKey> in_order_of_acceptance(const ThreeNodes& world) {
  std::map<std::uint64_t, MessageKey> order;
  for (const auto& [key, acceptance] : world.sender.accepted()) order[acceptance.log_index] = key;
  std::vector<MessageKey> out;
  for (const auto& [index, key] : order) out.push_back(key);
  return out;
}

std::vector<MessageKey> taken(const SimAgency& agency) {
  std::vector<MessageKey> out;
  for (const SimAgency::Taken& each : agency.taken()) out.push_back(each.header.submission.key);
  return out;
}

TEST(Order, IsKeptByTheRelayHoweverTheCheckingEnds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    ThreeNodes world(seed, std::chrono::milliseconds(1));
    world.network.faults.delay = std::chrono::milliseconds(3);
    world.start();
    send(world, "first");  // brings the signer's certificate along
    ASSERT_TRUE(world.settle());
    for (int i = 0; i < 40; ++i) send(world, "d" + std::to_string(i));
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(taken(world.ministry), in_order_of_acceptance(world));
  }
}

TEST(Order, IsKeptWhenTheWireBreaks) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    ThreeNodes world(seed, std::chrono::milliseconds(1));
    world.start();
    send(world, "first");
    ASSERT_TRUE(world.settle());
    world.network.faults.lose_answer = 200;
    world.network.faults.lose_batch = 200;
    for (int i = 0; i < 40; ++i) send(world, "d" + std::to_string(i));
    world.world.run_for(std::chrono::seconds(1));
    world.network.faults = {};
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(taken(world.ministry), in_order_of_acceptance(world));
  }
}

TEST(Order, UrgentOnesGoFirstOnceThePeerIsBack) {
  ThreeNodes world;
  world.start();
  send(world, "first");
  ASSERT_TRUE(world.settle());
  world.network.cut(code("H52"), code("H01"));
  send(world, "routine-1");
  send(world, "routine-2");
  world.world.run_for(std::chrono::milliseconds(100));
  send(world, "express", Priority::express);
  send(world, "urgent", Priority::urgent);
  world.world.run_for(std::chrono::milliseconds(100));
  world.network.join(code("H52"), code("H01"));
  ASSERT_TRUE(world.settle());
  std::vector<std::string> ids;
  for (const MessageKey& key : taken(world.ministry)) ids.push_back(key.id.text());
  EXPECT_EQ(ids, (std::vector<std::string>{"first", "express", "urgent", "routine-1", "routine-2"}));
}

TEST(Order, AnUrgentRecallDoesNotOvertakeWhatItNames) {
  ThreeNodes world;
  world.start();
  send(world, "first");
  ASSERT_TRUE(world.settle());
  world.network.cut(code("H52"), code("H01"));
  send(world, "routine");
  send(world, "named");
  world.world.run_for(std::chrono::milliseconds(100));
  Submission recall = dispatch("H52.01", "recall", {"G09.02"});
  recall.priority = Priority::express;
  recall.references = {{code("H52.01"), MessageId("named")}};
  recall.dispatch->business = BusinessKind::recall;
  world.sender.send(request(recall));
  world.world.run_for(std::chrono::milliseconds(100));
  world.network.join(code("H52"), code("H01"));
  ASSERT_TRUE(world.settle());
  std::vector<std::string> ids;
  for (const MessageKey& key : taken(world.ministry)) ids.push_back(key.id.text());
  // The recall waits until the next node has what it names; the routine one uses that time.
  EXPECT_EQ(ids, (std::vector<std::string>{"first", "named", "routine", "recall"}));
}

}  // namespace
}  // namespace tram::sim
