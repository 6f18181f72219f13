// Alarms, deadlines and inboxes that nobody empties.
#include "tests/contract/message_store_contract.h"

namespace tram::contract {
namespace {

using namespace exchange;
using testing::ElementsAre;
using testing::IsEmpty;

Timestamp at(int minute) { return from_micros(0) + std::chrono::minutes(minute); }

Alarm alarm(AlarmKind kind, const std::string& subject) {
  Alarm out;
  out.kind = kind;
  out.subject = subject;
  out.since = at(1);
  out.last = at(2);
  out.count = 3;
  out.detail = "liên kết đã đứt";
  return out;
}

void put(MessageStore& store, const Alarm& one) {
  committed(store, [&](Transaction& transaction) { transaction.alarms().put(one); });
}

TEST_P(MessageStoreContract, AlarmsAreKeptByKindAndSubject) {
  const Alarm down = alarm(AlarmKind::link_down, "truc");
  Alarm other = alarm(AlarmKind::link_down, "laichau");
  other.acknowledged_by = "operator";
  other.acknowledged_at = at(9);
  const Alarm dead = alarm(AlarmKind::dead_letter, "truc");
  for (const Alarm& each : {down, dead, other}) put(store(), each);
  under_test().reopen();
  EXPECT_THAT(store().alarms().open(), ElementsAre(other, down, dead));
}

TEST_P(MessageStoreContract, AnAlarmIsReplacedAndErased) {
  Alarm down = alarm(AlarmKind::link_down, "truc");
  put(store(), down);
  down.count = 9;
  put(store(), down);
  EXPECT_THAT(store().alarms().open(), ElementsAre(down));
  committed(store(), [](Transaction& transaction) {
    transaction.alarms().erase(AlarmKind::link_down, "truc");
    transaction.alarms().erase(AlarmKind::link_down, "unknown");
  });
  EXPECT_THAT(store().alarms().open(), IsEmpty());
}

TEST_P(MessageStoreContract, AUnitThatFailsLeavesAlarmsAndDeadlinesAsTheyWere) {
  const Alarm down = alarm(AlarmKind::link_down, "truc");
  put(store(), down);
  committed(store(),
            [](Transaction& transaction) { transaction.alarms().put_deadline(MessageRow(1), at(1)); });
  const auto undone = commit(store(), [](Transaction& transaction) -> Result<void> {
    transaction.alarms().erase(AlarmKind::link_down, "truc");
    transaction.alarms().put(alarm(AlarmKind::id_reused, "x"));
    transaction.alarms().erase_deadline(MessageRow(1));
    transaction.alarms().put_deadline(MessageRow(2), at(1));
    return failure(ErrorCode::aborted, "NO", "no");
  });
  EXPECT_FALSE(undone);
  EXPECT_THAT(store().alarms().open(), ElementsAre(down));
  const auto passed = store().alarms().deadlines_passed(at(5), {}, 9);
  ASSERT_EQ(passed.size(), 1U);
  EXPECT_EQ(passed[0].message, MessageRow(1));
}

TEST_P(MessageStoreContract, DeadlinesPassInTheirOrder) {
  committed(store(), [](Transaction& transaction) {
    transaction.alarms().put_deadline(MessageRow(1), at(30));
    transaction.alarms().put_deadline(MessageRow(2), at(10));
    transaction.alarms().put_deadline(MessageRow(3), at(20));
    transaction.alarms().put_deadline(MessageRow(4), at(20));
    transaction.alarms().put_deadline(MessageRow(4), at(21));
    transaction.alarms().put_deadline(MessageRow(5), at(5));
    transaction.alarms().erase_deadline(MessageRow(5));
  });
  under_test().reopen();
  const auto rows = [&](int minute, std::size_t limit, const std::optional<Deadline>& after = {}) {
    std::vector<MessageRow> out;
    for (const Deadline& each : store().alarms().deadlines_passed(at(minute), after, limit))
      out.push_back(each.message);
    return out;
  };
  EXPECT_THAT(rows(9, 9), IsEmpty());
  EXPECT_THAT(rows(20, 9), ElementsAre(MessageRow(2), MessageRow(3)));
  EXPECT_THAT(rows(40, 9), ElementsAre(MessageRow(2), MessageRow(3), MessageRow(4), MessageRow(1)));
  EXPECT_THAT(rows(40, 1), ElementsAre(MessageRow(2)));
  EXPECT_THAT(rows(40, 2, Deadline{MessageRow(2), at(10)}), ElementsAre(MessageRow(3), MessageRow(4)));
  EXPECT_THAT(rows(40, 9, Deadline{MessageRow(4), at(21)}), ElementsAre(MessageRow(1)));
  EXPECT_THAT(rows(40, 9, Deadline{MessageRow(1), at(30)}), IsEmpty());
  EXPECT_EQ(store().alarms().deadlines_passed(at(40), {}, 9)[2].at, at(21));
}

TEST_P(MessageStoreContract, InboxesThatNobodyEmptiesAreFound) {
  const auto wait_since = [&](const std::string& id, int minute, const std::string& agency) {
    QueueRow row{};
    committed(store(), [&](Transaction& transaction) {
      InboxItem item = inbox(transaction.insert(message(id)), agency);
      item.queued_at = at(minute);
      row = transaction.queue_inbox(item);
    });
    return row;
  };
  wait_since("m1", 10, "H52.05");
  wait_since("m2", 5, "H52.05");
  wait_since("m3", 40, "H52.05");
  const QueueRow taken = wait_since("m4", 1, "H52.01");
  EXPECT_THAT(store().alarms().not_collected(at(1)), IsEmpty());
  const auto both = store().alarms().not_collected(at(30));
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].agency, agency("H52.01"));
  EXPECT_EQ(both[1].agency, agency("H52.05"));
  EXPECT_EQ(both[1].inbox, "default");
  EXPECT_EQ(both[1].oldest, at(5));
  EXPECT_EQ(both[1].overdue, 2U);
  committed(store(), [&](Transaction& transaction) { transaction.remove_inbox(taken); });
  EXPECT_EQ(store().alarms().not_collected(at(30)).size(), 1U);
}

}  // namespace
}  // namespace tram::contract
