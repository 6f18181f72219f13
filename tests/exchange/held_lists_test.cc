// After a restore peers list what they hold of the node: what its agencies had submitted is lost by name.
#include "exchange/held_lists.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/exchange/restored_node.h"

namespace tram::sim {
namespace {

using exchange::LostMessage;
using exchange::LostMessages;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using namespace std::chrono_literals;

class HeldListsTest : public RestoredNodeTest {
 protected:
  void restore_and_reconcile() {
    restore();
    ASSERT_TRUE(world.world.run_until([&] { return act("RECONCILED").has_value(); }, 2min));
    world.world.run_for(1s);
    ASSERT_TRUE(world.settle());
  }
  LostMessages lost() { return world.noivu.node().lost_messages(); }
  std::size_t records_of_lost() {
    const auto& log = world.noivu.tables().log;
    return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [](const auto& entry) {
      const auto record = codec::read_record(entry.record);
      return record && record->reason == "LOST_IN_RESTORE";
    }));
  }
  bool raised(SimNode& node, AlarmKind kind) {
    const auto alarms = node.node().alarms().list();
    return std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& alarm) { return alarm.kind == kind; });
  }

  const LostMessage sent_after{{code("G09.02"), MessageId("sent-after")}, {code("H52.01")}, "truc"};
};

TEST_F(HeldListsTest, WhatItsAgenciesSentSinceTheBackupIsNamed) {
  live_on_after_a_copy();
  restore_and_reconcile();
  EXPECT_THAT(lost().named, ElementsAre(sent_after))
      << "what came back, and the statuses made anew, are there";
  EXPECT_EQ(lost().more, 0U);
  EXPECT_THAT(gap(), HasSubstr("peers hold 1 by name"));
  EXPECT_EQ(act("RECONCILED")->detail, gap());
  const auto record = act("LOST_IN_RESTORE");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->message, sent_after.key);
  EXPECT_EQ(record->recipients, sent_after.recipients);
  EXPECT_EQ(record->peer, "link truc");
  EXPECT_THAT(world.noivu.observer().lost().named, ElementsAre(sent_after));
}

TEST_F(HeldListsTest, WhatIsSentAgainLeavesTheListAndIsDeliveredOnce) {
  live_on_after_a_copy();
  restore_and_reconcile();
  const std::size_t taken = world.sender.taken().size();
  EXPECT_EQ(answer_to("sent-after"), "accepted");
  ASSERT_TRUE(world.settle());
  EXPECT_THAT(lost().named, IsEmpty());
  EXPECT_EQ(world.sender.taken().size(), taken) << "it had it before the restore";
}

TEST_F(HeldListsTest, OtherContentUnderALostIdIsADeadLetterAndAnAlarm) {
  live_on_after_a_copy();
  restore_and_reconcile();
  const std::size_t handed_over = world.sender.hand_overs().size();
  Submission other = dispatch("G09.02", "sent-after", {"H52.01"});
  other.dispatch->subject = "something else";
  std::optional<Result<exchange::Acceptance>> answer;
  world.noivu.node().submit(world.ministry.who(), request(other), [&](const auto& given) { answer = given; });
  world.world.run_for(1s);
  ASSERT_TRUE(answer && *answer) << (answer ? answer->error().text() : "no answer");
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.sender.hand_overs().size(), handed_over);
  const auto letters = world.noivu.node().dead_letters(10);
  const auto letter = std::find_if(letters.begin(), letters.end(),
                                   [&](const auto& each) { return each.key == sent_after.key; });
  ASSERT_NE(letter, letters.end());
  EXPECT_THAT(letter->recipient.reason, HasSubstr("ID_REUSED"));
  EXPECT_TRUE(raised(world.truc, AlarmKind::id_reused));
  world.world.run_for(10s);
  EXPECT_TRUE(raised(world.noivu, AlarmKind::dead_letter));
}

TEST_F(HeldListsTest, APeerOfAnOlderProgramIsDoneWithoutAList) {
  live_on_after_a_copy();
  world.network.lists = Network::Lists::unknown;
  restore_and_reconcile();
  EXPECT_THAT(lost().named, IsEmpty());
  EXPECT_THAT(gap(), Not(HasSubstr("by name")));
  EXPECT_EQ(answer_to("new"), "accepted");
}

TEST_F(HeldListsTest, AListThatCannotBeReadIsWaitedFor) {
  live_on_after_a_copy();
  world.network.lists = Network::Lists::broken;
  restore();
  world.world.run_for(1min);
  EXPECT_TRUE(knows(world.noivu, "H52.01", "after")) << "it was handed back";
  EXPECT_EQ(answer_to("new"), "RESTORING");
  EXPECT_THAT(waited_for(), ElementsAre("truc"));
  const auto alarms = world.noivu.node().alarms().list();
  const auto waits = std::find_if(alarms.begin(), alarms.end(),
                                  [](const Alarm& alarm) { return alarm.kind == AlarmKind::restoring; });
  EXPECT_THAT(waits->detail, HasSubstr("the list of what it holds cannot be read: no connection"));
  world.network.lists = Network::Lists::answered;
  ASSERT_TRUE(world.world.run_until([&] { return act("RECONCILED").has_value(); }, 1min));
  world.world.run_for(1s);
  EXPECT_EQ(answer_to("new"), "accepted");
  EXPECT_THAT(lost().named, ElementsAre(sent_after));
  EXPECT_EQ(records_of_lost(), 1U);
}

TEST_F(HeldListsTest, APeerThatComesLateListsThen) {
  live_on_after_a_copy();
  world.network.cut(code("G09"), code("H01"));
  restore();
  world.world.run_for(1s);
  ASSERT_TRUE(go_on_without("operator", "truc"));
  world.world.run_for(1s);
  EXPECT_THAT(gap(), Not(HasSubstr("by name")));
  world.network.join(code("G09"), code("H01"));
  ASSERT_TRUE(world.world.run_until([&] { return !lost().named.empty(); }, 1min));
  ASSERT_TRUE(world.settle());
  world.world.run_for(1s);
  EXPECT_THAT(gap(), HasSubstr("peers hold 1 by name"));
  EXPECT_THAT(world.noivu.observer().lost().named, ElementsAre(sent_after));
  EXPECT_THAT(world.noivu.observer().owed(), IsEmpty());
}

TEST_F(HeldListsTest, ANodeKeepsTheListOverItsNextStart) {
  live_on_after_a_copy();
  restored.reconciled = true;
  restored.lost.named = {sent_after};
  restored.lost.more = 3;
  restore();
  EXPECT_THAT(lost().named, ElementsAre(sent_after));
  EXPECT_EQ(lost().more, 3U);
}

TEST_F(HeldListsTest, AListLongerThanTheNodeNamesIsReadToItsEndAndCounted) {
  live_on_after_a_copy();
  world.noivu.start();
  constexpr std::size_t kMany = exchange::kMostLostMessages + exchange::kMostHeldAtOnce;
  for (std::size_t i = 0; i < kMany; ++i) reply("many-" + std::to_string(i));
  ASSERT_TRUE(world.settle());
  world.noivu.crash();
  restore_and_reconcile();
  EXPECT_THAT(lost().named, SizeIs(exchange::kMostLostMessages));
  EXPECT_EQ(lost().more, kMany + 1 - exchange::kMostLostMessages) << "and the one sent before";
  EXPECT_EQ(records_of_lost(), exchange::kMostLostMessages);
  EXPECT_THAT(gap(), HasSubstr("peers hold 1000 by name (see tramctl nodes) and 65 more"));
}

TEST_F(HeldListsTest, AListThatBreaksOffGoesOnWhereItStopped) {
  live_on_after_a_copy();
  world.noivu.start();
  constexpr std::size_t kMany = 5 * exchange::kMostHeldAtOnce;
  for (std::size_t i = 0; i < kMany; ++i) reply("many-" + std::to_string(i));
  ASSERT_TRUE(world.settle());
  world.noivu.crash();
  world.network.lists = Network::Lists::interrupted;
  restore_and_reconcile();
  EXPECT_THAT(lost().named, SizeIs(kMany + 1));
  EXPECT_EQ(records_of_lost(), kMany + 1);
}

// A peer's list that begins again and again.
TEST_F(HeldListsTest, AListThatDoesNotGoOnIsNotReadForEver) {
  live_on_after_a_copy();
  world.network.lists = Network::Lists::endless;
  restore();
  world.world.run_for(1min);
  EXPECT_EQ(answer_to("new"), "RESTORING");
  EXPECT_THAT(world.noivu.node().alarms().list(),
              testing::Contains(
                  testing::Field(&Alarm::detail, HasSubstr("does not go on where its last page ended"))));
}

}  // namespace
}  // namespace tram::sim
