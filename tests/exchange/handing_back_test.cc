// A node that was restored from a backup gets back what peers had sent it since, before it accepts anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "tests/exchange/restored_node.h"

namespace tram::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class HandingBackTest : public RestoredNodeTest {
 protected:
  using RestoredNodeTest::RestoredNodeTest;
  bool handed_back() {
    const auto& notes = world.truc.observer().notes();
    return std::any_of(notes.begin(), notes.end(),
                       [](const std::string& note) { return note.starts_with("all was handed back"); });
  }
  // Nothing waits at the peer for the restored node's link.
  bool queue_is_empty() {
    const auto& queue = world.truc.tables().outgoing;
    return std::none_of(queue.begin(), queue.end(),
                        [](const auto& each) { return each.second.link == "noivu"; });
  }
  void lose_what_came_since_the_copy() {
    ASSERT_TRUE(world.settle());
    world.noivu.crash();
    restore();
    ASSERT_TRUE(world.world.run_until([&] { return act("RECONCILED").has_value(); }, 1min));
    world.world.run_for(1s);
    ASSERT_TRUE(world.settle());
  }
  using Done = std::function<void(Result<exchange::DeliveryAct>)>;
  void as_operator_of(SimNode& node,
                      const std::function<void(const exchange::Identity& who, const Done& done)>& act_on) {
    std::optional<Result<exchange::DeliveryAct>> answer;
    act_on(node.who("operator"), [&](Result<exchange::DeliveryAct> done) { answer = std::move(done); });
    ASSERT_TRUE(world.world.run_until([&] { return answer.has_value(); }, 1s));
    ASSERT_TRUE(*answer) << answer->error().text();
  }
  void cancel(SimNode& node, const std::string& id) {
    as_operator_of(node, [&](const exchange::Identity& who, const Done& done) {
      node.node().cancel_delivery(who, DeliveryId(id), "no longer wanted", done);
    });
  }
  // At the restored node.
  std::optional<RecipientState> state_of(const std::string& id, const std::string& recipient) {
    const auto known = world.noivu.messages().find({code("H52.01"), MessageId(id)});
    if (!known) return std::nullopt;
    for (const exchange::RecipientRow& line : world.noivu.messages().recipients(known->row))
      if (line.agency == code(recipient)) return line.state;
    return std::nullopt;
  }
  void send_to(const std::string& id, const std::vector<std::string>& recipients) {
    world.sender.send(request(dispatch("H52.01", id, recipients)));
  }
};

TEST_F(HandingBackTest, WhatWaitedForTheLinkSinceLongBeforeTheCopyIsSentAgain) {
  world.start();
  world.network.cut(code("G09"), code("H01"));
  world.world.run_for(1s);
  send("friday");
  world.world.run_for(30h);  // the link is down for longer than any two clocks differ
  take_copy();
  world.network.join(code("G09"), code("H01"));
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(knows(world.noivu, "H52.01", "friday"));
  lose_what_came_since_the_copy();
  EXPECT_TRUE(knows(world.noivu, "H52.01", "friday"));
  EXPECT_EQ(world.ministry.taken().size(), 1U);
}

TEST_F(HandingBackTest, WhoGotItByForwardingGetsItAgain) {
  SimAgency right(world.noivu, "G09.03");
  world.start();
  send_to("d", {"G09.02", "G09.99"});
  ASSERT_TRUE(world.settle());
  take_copy();
  as_operator_of(world.sonla, [&](const exchange::Identity& who, const Done& done) {
    world.sonla.node().forward_delivery(who, DeliveryId("H52.01/d/G09.99"), "G09.03", "wrong code", done);
  });
  lose_what_came_since_the_copy();
  EXPECT_EQ(state_of("d", "G09.03"), RecipientState::handed_over);
  EXPECT_EQ(right.taken().size(), 1U);
}

TEST_F(HandingBackTest, WhoGotItByARetryGetsItAgainAndTheOthersToo) {
  world.start();
  take_copy();
  send_to("d", {"G09.02", "G09.99"});
  ASSERT_TRUE(world.settle());
  SimAgency late(world.noivu, "G09.99");
  copy.messages->tables.registry = world.noivu.tables().registry;
  world.noivu.crash();
  world.noivu.start();
  as_operator_of(world.sonla, [&](const exchange::Identity& who, const Done& done) {
    world.sonla.node().retry_delivery(who, DeliveryId("H52.01/d/G09.99"), "", done);
  });
  lose_what_came_since_the_copy();
  EXPECT_EQ(state_of("d", "G09.99"), RecipientState::handed_over);
  EXPECT_EQ(state_of("d", "G09.02"), RecipientState::handed_over);
  EXPECT_EQ(late.taken().size(), 1U);
  EXPECT_EQ(world.ministry.taken().size(), 1U);
}

TEST_F(HandingBackTest, ARetryThatTheCopyLacksReachesAMessageThatItHas) {
  world.start();
  send_to("d", {"G09.02", "G09.99"});
  ASSERT_TRUE(world.settle());
  SimAgency late(world.noivu, "G09.99");
  take_copy();
  as_operator_of(world.sonla, [&](const exchange::Identity& who, const Done& done) {
    world.sonla.node().retry_delivery(who, DeliveryId("H52.01/d/G09.99"), "", done);
  });
  lose_what_came_since_the_copy();
  EXPECT_EQ(state_of("d", "G09.99"), RecipientState::handed_over);
  EXPECT_EQ(late.taken().size(), 1U);
}

TEST_F(HandingBackTest, WhatWasCancelledBeforeItLeftIsNotSent) {
  SimAgency axis(world.truc, "H01.01");
  world.start();
  take_copy();
  world.network.cut(code("G09"), code("H01"));
  world.world.run_for(1s);
  axis.send(request(dispatch("H01.01", "accepted-there", {"G09.02"})));
  send("passes-through");
  world.world.run_for(1s);
  cancel(world.truc, "H01.01/accepted-there/G09.02");
  cancel(world.truc, "H52.01/passes-through/G09.02");
  world.network.join(code("G09"), code("H01"));
  lose_what_came_since_the_copy();
  EXPECT_FALSE(knows(world.noivu, "H01.01", "accepted-there"));
  EXPECT_FALSE(knows(world.noivu, "H52.01", "passes-through"));
  EXPECT_THAT(world.ministry.taken(), IsEmpty());
}

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
  ASSERT_TRUE(world.world.run_until([&] { return handed_back(); }, 1min));
  world.noivu.fill_disk(true);  // that all is back cannot be written down
  world.world.run_for(1min);
  EXPECT_EQ(answer_to("new"), "RESTORING");
  world.noivu.fill_disk(false);
  ASSERT_TRUE(world.world.run_until([&] { return act("RECONCILED").has_value(); }, 1min));
  world.world.run_for(1s);
  EXPECT_EQ(answer_to("new"), "accepted");
  ASSERT_TRUE(world.settle());
}

TEST_F(HandingBackTest, ALinkThatIsJustBeingOpenedSaysThatAllIsBackTheNextTime) {
  live_on_after_a_copy();
  restore();
  ASSERT_TRUE(
      world.world.run_until([&] { return knows(world.noivu, "H52.01", "after") && queue_is_empty(); }, 1min));
  ASSERT_FALSE(handed_back());
  world.network.break_wires();
  world.world.run_for(10ms);
  world.network.faults.latency = 2s;  // it is open long after the peer saw that all is back
  ASSERT_TRUE(world.world.run_until([&] { return act("RECONCILED").has_value(); }, 1min));
  EXPECT_TRUE(handed_back());
}

class SlowHandingBackTest : public HandingBackTest {
 protected:
  SlowHandingBackTest() : HandingBackTest(100ms) {}
  // A long history of other things to look through.
  void send_elsewhere(const std::string& name, int count) {
    for (int i = 0; i < count; ++i) send_to(name + std::to_string(i), {"H01.01"});
    ASSERT_TRUE(world.settle());
  }
};

// The first work has gone past the document, and found the rest, when the second one has not come to it yet.
TEST_F(SlowHandingBackTest, APeerThatIsRestoredAnewMeanwhileWaitsForAllOfIt) {
  world.truc.settings().authoritative = {code("H01")};
  const SimAgency elsewhere(world.truc, "H01.01");
  world.start();
  take_copy();
  const auto first = std::pair(copy, restored);
  world.world.run_for(1s);
  take_copy();
  const auto second = std::pair(copy, restored);
  send_elsewhere("earlier", 192);
  send("document");
  ASSERT_TRUE(world.settle());
  send_elsewhere("later", 128);
  const auto restore_from = [&](const auto& backup) {
    world.noivu.crash();
    std::tie(copy, restored) = backup;
    restore();
  };
  restore_from(first);
  ASSERT_TRUE(world.world.run_until(
      [&] { return knows(world.noivu, "H52.01", "document") && queue_is_empty(); }, 1min));
  ASSERT_FALSE(handed_back());
  restore_from(second);
  ASSERT_TRUE(world.world.run_until([&] { return handed_back(); }, 1min));
  EXPECT_TRUE(knows(world.noivu, "H52.01", "document"));
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
