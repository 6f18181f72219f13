// A node that was restored from a backup gets back what peers had sent it since, before it accepts anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/exchange/restored_node.h"

namespace tram::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class HandingBackTest : public RestoredNodeTest {};

TEST_F(HandingBackTest, WhatCameSinceTheBackupIsSentAgainAndNothingTwice) {
  live_on_after_a_copy();
  restore();
  EXPECT_FALSE(knows(world.noivu, "H52.01", "after")) << "the copy is older";
  ASSERT_TRUE(world.world.run_until([&] { return knows(world.noivu, "H52.01", "after"); }, 1min));
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.ministry.taken().size(), 3U) << "the same deliveryId has one effect";
}

TEST_F(HandingBackTest, NothingIsAcceptedBeforeAllIsBackAndThenTheGapIsNamed) {
  live_on_after_a_copy();
  world.network.cut(code("G09"), code("H01"));
  restore();
  world.world.run_for(1min);
  EXPECT_EQ(answer_to("new"), "RESTORING");
  EXPECT_THAT(waited_for(), ElementsAre("truc"));
  EXPECT_FALSE(act("RECONCILED"));
  world.network.join(code("G09"), code("H01"));
  ASSERT_TRUE(world.world.run_until([&] { return act("RECONCILED").has_value(); }, 1min));
  EXPECT_TRUE(knows(world.noivu, "H52.01", "after")) << "it came back first";
  world.world.run_for(1s);
  EXPECT_THAT(waited_for(), IsEmpty());
  EXPECT_EQ(answer_to("new"), "accepted");
  EXPECT_THAT(gap(), HasSubstr("with " + std::to_string(restored.log_size) + " entries"));
  EXPECT_EQ(act("RECONCILED")->detail, gap());
  ASSERT_TRUE(world.settle());
}

TEST_F(HandingBackTest, AFullDiskAtEitherEndOnlyPutsItOff) {
  live_on_after_a_copy();
  restore();
  world.truc.fill_disk(true);  // what it hands back cannot be queued
  world.world.run_for(1min);
  world.truc.fill_disk(false);
  const auto all_is_back = [&] {
    const auto& notes = world.truc.observer().notes();
    return std::any_of(notes.begin(), notes.end(),
                       [](const std::string& note) { return note.starts_with("all was handed back"); });
  };
  ASSERT_TRUE(world.world.run_until(all_is_back, 1min));
  world.noivu.fill_disk(true);  // that all is back cannot be written down
  world.world.run_for(1min);
  EXPECT_EQ(answer_to("new"), "RESTORING");
  world.noivu.fill_disk(false);
  ASSERT_TRUE(world.world.run_until([&] { return act("RECONCILED").has_value(); }, 1min));
  world.world.run_for(1s);
  EXPECT_EQ(answer_to("new"), "accepted");
  ASSERT_TRUE(world.settle());
}

TEST_F(HandingBackTest, WhatALocalSystemSendsAgainIsNotDeliveredTwice) {
  live_on_after_a_copy();
  restore();
  ASSERT_TRUE(world.world.run_until([&] { return act("RECONCILED").has_value(); }, 1min));
  world.world.run_for(1s);
  ASSERT_TRUE(world.settle());
  ASSERT_FALSE(knows(world.noivu, "G09.02", "sent-after")) << "nobody hands back what only it had";
  const std::size_t taken = world.sender.taken().size();
  EXPECT_EQ(answer_to("sent-after"), "accepted");
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.sender.taken().size(), taken);
  const auto letters = world.noivu.node().dead_letters(10);
  ASSERT_FALSE(letters.empty());
  for (const exchange::DeadLetter& letter : letters)
    EXPECT_THAT(letter.recipient.reason, HasSubstr("SUBMITTED_BEFORE")) << letter.key.id.text();
  for (const Alarm& alarm : world.truc.node().alarms().list()) EXPECT_NE(alarm.kind, AlarmKind::id_reused);
}

TEST_F(HandingBackTest, AnOperatorGoesOnWithoutAPeerAndThatPeerHandsBackLater) {
  live_on_after_a_copy();
  world.network.cut(code("G09"), code("H01"));
  restore();
  world.world.run_for(1s);
  EXPECT_EQ(go_on_without("G09.02 qlvb", "truc").error().code, ErrorCode::permission_denied);
  EXPECT_EQ(go_on_without("operator", "elsewhere").error().code, ErrorCode::not_found);
  const auto left = go_on_without("operator", "truc");
  ASSERT_TRUE(left) << left.error().text();
  EXPECT_THAT(*left, IsEmpty());
  EXPECT_EQ(act("GONE_ON_WITHOUT_PEER")->peer, "sha256:" + tls("operator").hex());
  EXPECT_EQ(answer_to("new"), "accepted");
  EXPECT_THAT(gap(), HasSubstr("still owed by: truc"));
  EXPECT_THAT(world.noivu.observer().owed(), ElementsAre("truc"));
  // As the daemon starts it again.
  world.noivu.crash();
  world.noivu.settings().restored->reconciled = true;
  world.noivu.settings().restored->owed = {"truc"};
  world.noivu.start();
  EXPECT_EQ(answer_to("newer"), "accepted");
  world.network.join(code("G09"), code("H01"));
  ASSERT_TRUE(world.world.run_until([&] { return knows(world.noivu, "H52.01", "after"); }, 1min));
  ASSERT_TRUE(world.settle());
  world.world.run_for(2s);
  EXPECT_THAT(world.noivu.observer().owed(), IsEmpty());
}

TEST_F(HandingBackTest, TheGapCountsWhatAPeerKnowsOfTheFormerLog) {
  world.start();
  send("before");
  ASSERT_TRUE(world.settle());
  world.truc.crash();
  copy = world.truc.copy_disk();
  restored.taken_at = restored.lacks_since = world.world.now();
  restored.former_origin = world.truc.settings().log_origin;
  restored.log_size = copy.messages->tables.log.size();
  world.truc.start();
  send("after");
  ASSERT_TRUE(world.settle());
  const std::uint64_t grown = world.truc.tables().log.size();
  ASSERT_GT(grown, restored.log_size);
  world.truc.crash();
  world.truc.replace_disk(copy);
  world.truc.settings().restored = restored;
  world.truc.start();
  world.world.run_for(30s);
  std::string named;
  for (const Alarm& alarm : world.truc.node().alarms().list()) {
    if (alarm.kind == AlarmKind::restore_gap) named = alarm.detail;
  }
  EXPECT_THAT(named, HasSubstr("that log went on to at least ")) << "the sender's node keeps its receipts";
  EXPECT_THAT(named, HasSubstr(" entries are gone"));
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.ministry.taken().size(), 2U);
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
