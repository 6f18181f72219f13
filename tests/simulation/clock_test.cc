// A wall clock that jumps by hours, while documents flow: nothing dies of it, nothing is lost, order is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "codec/evidence_json.h"
#include "tests/simulation/oracle.h"
#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

using testing::IsEmpty;
using namespace std::chrono_literals;

class ClockTest : public testing::Test {
 protected:
  static std::optional<Alarm> alarm(SimNode& node, AlarmKind kind) {
    for (Alarm& each : node.node().alarms().list()) {
      if (each.kind == kind) return std::move(each);
    }
    return std::nullopt;
  }

  void send(const std::string& id, Priority priority = Priority::routine,
            const std::vector<MessageKey>& references = {}) {
    Submission fields = dispatch("H52.01", id, {"G09.02"});
    fields.priority = priority;
    fields.references = references;
    net.sender.send(request(fields));
  }
  static MessageKey key(const std::string& id) { return {code("H52.01"), MessageId(id)}; }
  bool accepted(const std::string& id) { return net.sender.accepted().contains(key(id)); }
  std::vector<std::string> taken() {
    std::vector<std::string> out;
    for (const SimAgency::Taken& each : net.ministry.taken())
      out.push_back(each.header.submission.key.id.text());
    return out;
  }
  std::string state(const std::string& id) {
    const auto view = net.sonla.node().track(net.sender.who(), key(id));
    return view ? std::string(name(view->recipients.front().row.state)) : view.error().text();
  }
  void expect_all_held() {
    ASSERT_TRUE(settle(net.world, net.cast(), 10h));
    EXPECT_THAT(consult_oracle(net.cast(), {&witness}), IsEmpty());
  }

  ThreeNodes net;
  Witness witness{net.network, net.cast()};
};

TEST_F(ClockTest, AClockThatJumpsAwayFromItsPeersSealsNothingUntilItIsRight) {
  net.start();
  send("before");
  ASSERT_TRUE(net.settle());
  for (const Duration jump : {Duration(6h), Duration(-6h)}) {
    const std::string id = jump > 0s ? "ahead" : "behind";
    net.sonla.clock().set_skew(jump);
    send(id);
    net.world.run_for(1min);
    EXPECT_FALSE(accepted(id)) << "it would carry the wrong time for good";
    const auto raised = alarm(net.sonla, AlarmKind::clock_differs);
    ASSERT_TRUE(raised);
    EXPECT_EQ(raised->subject, "truc");
    EXPECT_THAT(raised->detail, testing::HasSubstr("6 h 0 min 0 s"));
    net.sonla.clock().set_skew(0s);
    net.world.run_for(1min);
    EXPECT_TRUE(accepted(id));
    EXPECT_FALSE(alarm(net.sonla, AlarmKind::clock_differs));
  }
  expect_all_held();
  EXPECT_THAT(taken(), testing::ElementsAre("before", "ahead", "behind"));
}

// It began with a wrong clock, and nobody but its one peer says so: what it seals waits for its time.
TEST_F(ClockTest, WhatANodeSealedHoursAheadWaitsForItsTimeAndHoldsNobodyUp) {
  net.sonla.clock().set_skew(4h);
  net.start();
  send("ahead");
  net.world.run_for(1min);
  ASSERT_TRUE(accepted("ahead"));
  EXPECT_TRUE(alarm(net.sonla, AlarmKind::clock_differs));
  EXPECT_TRUE(alarm(net.truc, AlarmKind::clock_differs));
  net.sonla.clock().set_skew(0s);
  for (int i = 0; i < 100; ++i) send("right-" + std::to_string(i));
  send("about-ahead", Priority::urgent, {key("ahead")});
  net.world.run_for(2h);
  EXPECT_EQ(taken().size(), 100U) << "what is signed with the right time does not wait";
  EXPECT_EQ(state("ahead"), "accepted");
  EXPECT_EQ(state("about-ahead"), "accepted") << "what names it does not overtake it";
  net.world.run_for(2h);
  expect_all_held();
  ASSERT_EQ(taken().size(), 102U);
  EXPECT_EQ(taken()[100], "ahead");
}

TEST_F(ClockTest, ANodeOnTheWayWhoseClockIsHoursOffTakesItsTimeAndKillsNothing) {
  net.start();
  send("before");
  ASSERT_TRUE(net.settle());
  for (const Duration jump : {Duration(6h), Duration(-6h), Duration(24h * 60)}) {
    net.truc.clock().set_skew(jump);
    const std::string id = "while-off-by-" + std::to_string(jump.count());
    send(id);
    net.world.run_for(10min);
    EXPECT_TRUE(accepted(id)) << "the sender's node has the right time, and goes on";
    EXPECT_EQ(state(id), "accepted");
    net.truc.clock().set_skew(0s);
    net.world.run_for(10min);
  }
  expect_all_held();
  EXPECT_EQ(taken().size(), 4U);
}

// As a machine that slept: its steady clock stood still, its wall clock is right.
TEST_F(ClockTest, AJumpThatThePeersConfirmStopsNothing) {
  net.start();
  send("before");
  ASSERT_TRUE(net.settle());
  for (SimNode* node : net.nodes()) node->clock().set_skew(3h);
  net.world.run_for(10s);  // the next look at the clock asks the peers again
  send("after");
  net.world.run_for(5s);
  EXPECT_TRUE(accepted("after"));
  EXPECT_FALSE(alarm(net.sonla, AlarmKind::clock_differs));
  EXPECT_TRUE(alarm(net.sonla, AlarmKind::clock_jumped));
  expect_all_held();
}

// The patience of days counts time that passed.
TEST_F(ClockTest, AJumpDoesNotShortenThePatienceWithAPeerThatIsAway) {
  net.start();
  net.world.run_for(1s);  // the nodes have said hello
  net.network.cut(code("H52"), code("H01"));
  net.sonla.crash();  // afterwards it knows nobody who could contradict it
  net.sonla.clock().set_skew(-5h);
  net.sonla.start();
  send("early");
  net.world.run_for(1min);
  ASSERT_TRUE(accepted("early"));
  const Duration patience = net.sonla.settings().patience;
  for (const Duration jump : {Duration(6h), Duration(-3h), Duration(6h)}) {
    net.sonla.clock().set_skew(jump);
    net.world.run_for(patience / 3 - 1h);
  }
  EXPECT_EQ(state("early"), "accepted") << "by the wall clock it waits for more than seven days";
  net.world.run_for(24h);
  EXPECT_EQ(state("early"), "given up");
}

TEST_F(ClockTest, RetriesGoByTheSteadyClock) {
  net.start();
  net.world.run_for(1s);  // the nodes have said hello
  net.network.cut(code("H52"), code("H01"));
  send("one");
  net.world.run_for(10s);
  for (SimNode* node : net.nodes()) node->clock().set_skew(6h);
  net.network.join(code("H52"), code("H01"));
  const Duration longest = net.sonla.settings().retry_cap + 5s;
  EXPECT_TRUE(net.world.run_until([&] { return !taken().empty(); }, longest));
}

TEST_F(ClockTest, TheHistoryAndTheLogsKeepTheirOrder) {
  net.noivu.clock().set_skew(-4min);  // within what is tolerated: it says that it had it before it was sent
  net.ministry.report_statuses();
  net.start();
  send("one");
  expect_all_held();
  const auto view = net.sonla.node().track(net.sender.who(), key("one"));
  ASSERT_TRUE(view);
  std::vector<std::string> events;
  for (const exchange::TrackEvent& event : view->events) events.push_back(event.event);
  EXPECT_THAT(events, testing::ElementsAre("SubmissionAcceptance", "RelayAcceptance", "ContentConsignment",
                                           testing::_, testing::_, testing::_, testing::_));
  EXPECT_LT(view->events[2].time, view->events[0].time) << "as its own clock said";
}

}  // namespace
}  // namespace tram::sim
