// The list of alarms: what is awry is in it, and goes when it is over; who saw it stands in the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

std::optional<Alarm> find(SimNode& node, AlarmKind kind, const std::string& subject) {
  for (Alarm& alarm : node.node().alarms().list()) {
    if (alarm.kind == kind && alarm.subject == subject) return std::move(alarm);
  }
  return std::nullopt;
}

// Its peers cannot be reached.
class Alone : public OneNode, public testing::Test {
 protected:
  std::optional<Alarm> find(AlarmKind kind, const std::string& subject) {
    return sim::find(h52, kind, subject);
  }
  Result<Alarm> acknowledge(const std::string& who, AlarmKind kind, const std::string& subject) {
    std::optional<Result<Alarm>> answer;
    node().alarms().acknowledge(h52.who(who), kind, subject,
                                [&](const Result<Alarm>& result) { answer.emplace(result); });
    run();
    return answer.value();
  }
  void reuse(const std::string& id) {
    static_cast<void>(submit(request(dispatch("H52.01", id, {"H52.05"}))));
    Submission other = dispatch("H52.01", id, {"H52.05"});
    other.dispatch->subject = "Việc khác";
    EXPECT_FALSE(submit(request(other)));
  }
};

TEST_F(Alone, ALinkThatIsAwayForLongIsAnAlarm) {
  const Timestamp began = world.now();
  run(4min);
  EXPECT_FALSE(find(AlarmKind::link_down, "truc"));
  run(2min);
  const auto alarm = find(AlarmKind::link_down, "truc");
  ASSERT_TRUE(alarm);
  EXPECT_LT(alarm->since - began, 10s);
  EXPECT_LT(world.now() - alarm->last, 6s);
  EXPECT_THAT(alarm->detail, HasSubstr("node H01"));
  EXPECT_TRUE(find(AlarmKind::link_down, "laichau"));
  EXPECT_FALSE(alarm->acknowledged_at);
}

TEST_F(Alone, AnAcknowledgementNamesTheOperatorInTheLogAndOutlivesACrash) {
  run(6min);
  const auto seen = acknowledge("operator", AlarmKind::link_down, "truc");
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_TRUE(seen->acknowledged_at);
  EXPECT_THAT(seen->acknowledged_by, HasSubstr("operator sha256:" + tls("operator").hex().substr(0, 16)));
  const EvidenceRecord* record = h52.observer().last(EvidenceEvent::operator_act);
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->peer, "sha256:" + tls("operator").hex());
  EXPECT_EQ(record->reason, "ALARM_ACKNOWLEDGED");
  EXPECT_EQ(record->detail, "link_down truc");
  EXPECT_THAT(h52.observer().alarms(), Contains("acknowledged link_down truc"));
  h52.crash();
  h52.start();
  run();
  EXPECT_EQ(find(AlarmKind::link_down, "truc")->acknowledged_by, seen->acknowledged_by);
  EXPECT_THAT(h52.observer().alarms(), Contains("restored link_down truc"));
}

TEST_F(Alone, WhatAFullDiskDidNotKeepIsNotAcknowledged) {
  run(6min);
  h52.fill_disk(true);
  const auto refused = acknowledge("operator", AlarmKind::link_down, "truc");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "DISK_FULL");
  EXPECT_FALSE(find(AlarmKind::link_down, "truc")->acknowledged_at);
  h52.fill_disk(false);
  EXPECT_TRUE(acknowledge("operator", AlarmKind::link_down, "truc"));
  EXPECT_EQ(h52.observer().count(EvidenceEvent::operator_act), 1U);
}

TEST_F(Alone, AcknowledgingTwiceIsAsOnce) {
  run(6min);
  const auto first = acknowledge("operator", AlarmKind::link_down, "truc");
  const auto second = acknowledge("operator", AlarmKind::link_down, "truc");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->acknowledged_at, second->acknowledged_at);
  EXPECT_EQ(h52.observer().count(EvidenceEvent::operator_act), 1U);
}

TEST_F(Alone, OnlyOperatorsAcknowledgeAndOnlyWhatIsThere) {
  run(6min);
  const auto foreign = acknowledge("auditor", AlarmKind::link_down, "truc");
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::permission_denied);
  const auto missing = acknowledge("operator", AlarmKind::link_down, "hanoi");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, "ALARM_UNKNOWN");
  EXPECT_EQ(h52.observer().count(EvidenceEvent::operator_act), 0U);
}

TEST_F(Alone, ALinkThatIsNoLongerConfiguredIsNoAlarm) {
  run(6min);
  ASSERT_TRUE(find(AlarmKind::link_down, "laichau"));
  h52.crash();
  h52.settings().links.pop_back();
  h52.start();
  run(6s);
  EXPECT_FALSE(find(AlarmKind::link_down, "laichau"));
  EXPECT_TRUE(h52.tables().alarms.contains({AlarmKind::link_down, "truc"}));
  EXPECT_FALSE(h52.tables().alarms.contains({AlarmKind::link_down, "laichau"}));
}

TEST_F(Alone, AnIdThatComesAgainWithOtherContentIsAnAlarm) {
  reuse("d");
  reuse("d");
  const auto alarm = find(AlarmKind::id_reused, "H52.01/d");
  ASSERT_TRUE(alarm);
  EXPECT_EQ(alarm->count, 2U);
  EXPECT_THAT(alarm->detail, HasSubstr("send"));
}

TEST_F(Alone, AnIdThatAPeerUsesAgainIsAnAlarmAndStandsInTheLog) {
  Draft one = draft(world, "d", {"H52.01"});
  know(one.seal);
  EXPECT_EQ(relay(one.sealed()).result, exchange::HopResult::accepted);
  one.header.submission.dispatch->subject = "Việc khác";
  EXPECT_EQ(relay(one.sealed()).error.reason, "ID_REUSED");
  run();
  EXPECT_THAT(find(AlarmKind::id_reused, "G09.02/d")->detail, HasSubstr("relay from truc"));
  EXPECT_THAT(h52.tables().log.back().record, HasSubstr("ID_REUSED"));
}

TEST_F(Alone, WhatIsAcknowledgedAsksToBeSeenAgainWhenItHappensAgain) {
  reuse("d");
  ASSERT_TRUE(acknowledge("operator", AlarmKind::id_reused, "H52.01/d"));
  reuse("d");
  EXPECT_FALSE(find(AlarmKind::id_reused, "H52.01/d")->acknowledged_at);
  EXPECT_THAT(h52.observer().alarms(), Contains("again id_reused H52.01/d"));
}

TEST_F(Alone, AnAcknowledgedEventGoesADayLater) {
  h52.crash();
  h52.settings().alarms.interval = 1min;
  h52.start();
  reuse("seen");
  reuse("unseen");
  ASSERT_TRUE(acknowledge("operator", AlarmKind::id_reused, "H52.01/seen"));
  run(23h);
  EXPECT_TRUE(find(AlarmKind::id_reused, "H52.01/seen"));
  run(2h);
  EXPECT_FALSE(find(AlarmKind::id_reused, "H52.01/seen"));
  EXPECT_TRUE(find(AlarmKind::id_reused, "H52.01/unseen"));
}

TEST_F(Alone, ManySubjectsFromOutsideStandTogether) {
  for (int i = 0; i < 250; ++i) reuse("d" + std::to_string(i));
  std::uint64_t count = 0;
  std::size_t lines = 0;
  for (const Alarm& alarm : node().alarms().list()) {
    if (alarm.kind != AlarmKind::id_reused) continue;
    ++lines;
    count += alarm.count;
  }
  EXPECT_EQ(lines, 101U);
  EXPECT_EQ(count, 250U);
  EXPECT_EQ(find(AlarmKind::id_reused, "others")->count, 150U);
}

TEST_F(Alone, ManyConditionsStandTogetherAndAllGo) {
  std::vector<exchange::AlarmCondition> conditions;
  for (int i = 0; i < 130; ++i) conditions.push_back({"inbox " + std::to_string(i), "full", std::nullopt, 2});
  node().alarms().hold(AlarmKind::inbox_not_collected, conditions);
  EXPECT_EQ(node().alarms().list().size(), 101U);
  EXPECT_EQ(find(AlarmKind::inbox_not_collected, "others")->count, 60U);
  node().alarms().hold(AlarmKind::inbox_not_collected, {});
  EXPECT_THAT(node().alarms().list(), IsEmpty());
}

TEST_F(Alone, TextsFromOutsideAreCutAndCleaned) {
  node().alarms().raise(AlarmKind::receipt_refused, "a\nb\x1b[2J" + std::string(1000, 'x'),
                        std::string(5000, '\xff'));
  const auto list = node().alarms().list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_LE(list[0].subject.size(), 200U);
  EXPECT_LE(list[0].detail.size(), 500U);
  EXPECT_EQ(list[0].subject.find('\n'), std::string::npos);
  EXPECT_EQ(list[0].subject.find('\x1b'), std::string::npos);
}

TEST_F(Alone, ReceiptsThatDoNotHoldAreAnAlarmOfTheirLink) {
  EvidenceRecord record;
  record.event = EvidenceEvent::content_handover;
  record.node = code("G09");
  record.message = MessageKey{code("H52.01"), MessageId("never-sent")};
  record.recipients = codes({"G09.02"});
  EXPECT_EQ(relay(bundle_of("G09", {record})).result, exchange::HopResult::refused);
  const auto alarm = find(AlarmKind::receipt_refused, "truc");
  ASSERT_TRUE(alarm);
  EXPECT_THAT(alarm->detail, HasSubstr("never-sent"));
}

TEST_F(Alone, AClockThatJumpsIsAnAlarmAndASteadyOneIsNone) {
  run(1h);
  EXPECT_FALSE(find(AlarmKind::clock_jumped, "forwards"));
  h52.clock().set_skew(3h + 20min);
  run(6s);
  const auto forwards = find(AlarmKind::clock_jumped, "forwards");
  ASSERT_TRUE(forwards);
  EXPECT_EQ(forwards->count, 1U);
  EXPECT_THAT(forwards->detail, HasSubstr("3 h 20 min"));
  EXPECT_FALSE(find(AlarmKind::clock_jumped, "backwards"));
  h52.clock().set_skew(0s);
  run(6s);
  EXPECT_THAT(find(AlarmKind::clock_jumped, "backwards")->detail, HasSubstr("3 h 20 min"));
  run(1h);
  EXPECT_EQ(find(AlarmKind::clock_jumped, "forwards")->count, 1U);
}

TEST_F(Alone, ADocumentThatIsLateIsAnAlarmUntilItIsHandedOver) {
  Submission fields = dispatch("H52.01", "late", {"H52.05", "G09.02"});
  fields.priority = Priority::express_at_hour;
  fields.dispatch->deliver_by = world.now() + 10min;
  ASSERT_TRUE(submit(request(fields)));
  run(9min);
  EXPECT_FALSE(find(AlarmKind::delivery_overdue, "H52.01/late"));
  run(2min);
  const auto alarm = find(AlarmKind::delivery_overdue, "H52.01/late");
  ASSERT_TRUE(alarm);
  EXPECT_EQ(alarm->count, 2U);
  EXPECT_EQ(alarm->since, *fields.dispatch->deliver_by);
  OpenInbox inbox = open("H52.05");
  run(1s);
  for (const auto& delivery : inbox.heard->deliveries) inbox.stream->acknowledge(delivery.id);
  run(6s);
  EXPECT_EQ(find(AlarmKind::delivery_overdue, "H52.01/late")->count, 1U);
  EXPECT_THAT(find(AlarmKind::delivery_overdue, "H52.01/late")->detail, HasSubstr("G09.02"));
}

TEST_F(Alone, OfManyLateDocumentsEachIsCounted) {
  constexpr int kMany = 2100;  // more than one look takes in
  const auto due_in = [&](const std::string& id, Duration time, const std::string& to) {
    Submission fields = dispatch("H52.01", id, {to});
    fields.priority = Priority::express_at_hour;
    fields.dispatch->deliver_by = world.now() + time;
    ASSERT_TRUE(submit(request(fields)));
  };
  for (int i = 0; i < kMany; ++i) due_in("late-" + std::to_string(i), 1h, "G09.02");
  due_in("taken", 2h, "H52.05");
  due_in("latest", 2h, "G09.02");
  OpenInbox inbox = open("H52.05");
  run(1s);
  for (const auto& delivery : inbox.heard->deliveries) inbox.stream->acknowledge(delivery.id);
  run(3h);
  std::uint64_t late = 0;
  for (const Alarm& each : node().alarms().list())
    late += each.kind == AlarmKind::delivery_overdue ? each.count : 0;
  EXPECT_EQ(late, std::uint64_t{kMany + 1}) << "by name, and as others";
  EXPECT_EQ(h52.tables().deadlines.size(), std::size_t{kMany + 1}) << "what was taken is waited for no more";
}

TEST_F(Alone, ADueDateEndsWithItsDayInVietnam) {
  Submission fields = dispatch("H52.01", "due", {"G09.02"});
  const auto local_day = std::chrono::floor<std::chrono::days>(world.now() + 7h);
  fields.dispatch->due_date = std::chrono::year_month_day(local_day);
  ASSERT_TRUE(submit(request(fields)));
  ASSERT_EQ(h52.tables().deadlines.size(), 1U);
  EXPECT_EQ(h52.tables().deadlines.begin()->second, Timestamp(local_day + std::chrono::days(1)) - 7h);
  fields.key.id = MessageId("passed");
  fields.dispatch->due_date = std::chrono::year_month_day(local_day - std::chrono::days(1));
  ASSERT_TRUE(submit(request(fields)));
  EXPECT_EQ(h52.tables().deadlines.size(), 1U);
}

TEST_F(Alone, AnInboxThatNobodyEmptiesIsAnAlarmOfItsAgency) {
  h52.crash();
  h52.settings().alarms.interval = 1min;
  h52.start();
  ASSERT_TRUE(submit(request(dispatch("H52.01", "d", {"H52.05"}))));
  run(23h);
  EXPECT_FALSE(find(AlarmKind::inbox_not_collected, "H52.05/default"));
  run(2h);
  EXPECT_EQ(find(AlarmKind::inbox_not_collected, "H52.05/default")->count, 1U);
  OpenInbox inbox = open("H52.05");
  run(1s);
  for (const auto& delivery : inbox.heard->deliveries) inbox.stream->acknowledge(delivery.id);
  run(15min);
  EXPECT_FALSE(find(AlarmKind::inbox_not_collected, "H52.05/default"));
}

TEST(Alarms, OfALinkGoWhenThePeerIsBack) {
  ThreeNodes world;
  world.start();
  world.world.run_for(1s);
  world.network.cut(code("H52"), code("H01"));
  world.network.break_wires();
  world.world.run_for(6min);
  ASSERT_TRUE(find(world.sonla, AlarmKind::link_down, "truc"));
  ASSERT_TRUE(find(world.truc, AlarmKind::link_down, "sonla"));
  EXPECT_FALSE(find(world.truc, AlarmKind::link_down, "noivu"));
  world.network.join(code("H52"), code("H01"));
  world.world.run_for(10s);
  EXPECT_FALSE(find(world.sonla, AlarmKind::link_down, "truc"));
  EXPECT_THAT(world.sonla.observer().alarms(),
              ElementsAre("raised link_down truc", "cleared link_down truc"));
}

TEST(Alarms, OfDeadLettersStandByTheirSender) {
  ThreeNodes world;
  world.start();
  for (const std::string id : {"a", "b", "c"}) world.sender.send(request(dispatch("H52.01", id, {"G09.77"})));
  world.world.run_for(30s);
  const auto alarm = find(world.sonla, AlarmKind::dead_letter, "H52.01");
  ASSERT_TRUE(alarm);
  EXPECT_EQ(alarm->count, 3U);
  EXPECT_THAT(alarm->detail, HasSubstr("G09.77"));
  EXPECT_FALSE(find(world.truc, AlarmKind::dead_letter, "H52.01"));
}

TEST(Alarms, OfAReusedIdStandAtBothEnds) {
  ThreeNodes world;
  world.start();
  world.world.run_for(1s);
  world.network.mangle_answers = [](const AgencyCode&, std::vector<exchange::HopOutcome>& outcomes) {
    for (auto& outcome : outcomes) {
      outcome = {exchange::HopResult::refused,
                 failure(ErrorCode::already_exists, "ID_REUSED", "the message is known with other content")};
    }
  };
  world.sender.send(request(dispatch("H52.01", "d", {"G09.02"})));
  world.world.run_for(10s);
  EXPECT_TRUE(find(world.sonla, AlarmKind::id_reused, "H52.01/d"));
}

}  // namespace
}  // namespace tram::sim
