// A bit of a stored attachment has changed: nobody is given it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

class DamagedContent : public OneNode, public testing::Test {
 protected:
  MessageKey send(const std::string& to) {
    const auto answer = submit(request(dispatch("H52.01", "d", {to}), {file("a.pdf", "attachment")}));
    EXPECT_TRUE(answer);
    return answer->key;
  }

  void damage_segments() {
    h52.crash();
    const SimNode::Disks disks = h52.copy_disk();
    ASSERT_FALSE(disks.contents->segments.empty());
    for (auto& segment : disks.contents->segments) segment.second.bytes.back() ^= 1;
    h52.replace_disk(disks);
    h52.start();
    run();
  }
};

TEST_F(DamagedContent, IsNotHandedOver) {
  send("H52.05");
  run();
  damage_segments();
  const OpenInbox inbox = open("H52.05");
  run();
  EXPECT_TRUE(inbox.heard->deliveries.empty());
  const auto alarms = node().alarms().list();
  const auto raised = std::find_if(alarms.begin(), alarms.end(), [](const Alarm& alarm) {
    return alarm.kind == AlarmKind::content_unreadable;
  });
  ASSERT_NE(raised, alarms.end());
  EXPECT_EQ(raised->subject, "H52.01/d");
  EXPECT_EQ(node().waiting(agency("H52.05"), {}, 10)->size(), 1U) << "it waits for the backup";
}

TEST(DamagedContentOnItsWay, IsADeadLetterAndNotRelayed) {
  ThreeNodes world;
  world.network.cut(world.sonla.code(), world.truc.code());
  world.start();
  world.sender.send(request(dispatch("H52.01", "d", {"G09.02"}), {file("a.pdf", "attachment")}));
  world.world.run_for(std::chrono::seconds(5));
  ASSERT_EQ(world.sender.accepted().size(), 1U);
  world.sonla.crash();
  const SimNode::Disks disks = world.sonla.copy_disk();
  for (auto& segment : disks.contents->segments) segment.second.bytes.back() ^= 1;
  world.sonla.replace_disk(disks);
  world.sonla.start();
  world.network.join(world.sonla.code(), world.truc.code());
  world.world.run_for(std::chrono::seconds(30));
  EXPECT_TRUE(world.ministry.taken().empty());
  const auto letters = world.sonla.messages().dead_letters(10);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_TRUE(letters[0].recipient.reason.starts_with("CONTENT_DAMAGED")) << letters[0].recipient.reason;
}

}  // namespace
}  // namespace tram::sim
