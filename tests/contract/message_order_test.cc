// Who goes first: senders take turns, no class starves, nothing overtakes what it names.
#include "tests/contract/message_store_contract.h"

namespace tram::contract {
namespace {

using namespace exchange;
using testing::ElementsAre;
using testing::IsEmpty;

class MessageOrder : public MessageStoreContract {
 protected:
  /// Queues a new message of this sender on the link.
  QueueRow send_from(const std::string& sender, const std::string& id, int priority = 0,
                     const std::vector<MessageRow>& after = {}) {
    QueueRow row{};
    committed(store(), [&](Transaction& transaction) {
      StoredMessage stored = message(id);
      stored.key = key(id, sender);
      OutgoingItem item = outgoing(transaction.insert(stored), "axis", priority);
      item.sender = agency(sender);
      item.after = after;
      row = transaction.queue_outgoing(item);
    });
    return row;
  }
  MessageRow row_of(const std::string& id) { return store().find(key(id))->row; }
  std::vector<QueueRow> claim(std::size_t limit, const Classes& among = {}) {
    return rows_of(store().claim_outgoing("axis", among, "owner", limit));
  }
};

TEST_P(MessageOrder, SendersTakeTurnsWithinAClass) {
  std::vector<QueueRow> bulk;
  for (int i = 0; i < 6; ++i) bulk.push_back(send_from("H52.01", "b" + std::to_string(i)));
  EXPECT_THAT(claim(2), ElementsAre(bulk[0], bulk[1]));
  const QueueRow one = send_from("H52.02", "one");
  const QueueRow other = send_from("H52.03", "other");
  const QueueRow second = send_from("H52.02", "second");
  EXPECT_THAT(claim(4), ElementsAre(one, other, bulk[2], second));
  EXPECT_THAT(claim(9), ElementsAre(bulk[3], bulk[4], bulk[5]));
}

TEST_P(MessageOrder, TurnsOutliveTheStore) {
  std::vector<QueueRow> bulk;
  for (int i = 0; i < 3; ++i) bulk.push_back(send_from("H52.01", "b" + std::to_string(i)));
  under_test().reopen();
  const QueueRow late = send_from("H52.01", "late");
  const QueueRow one = send_from("H52.02", "one");
  EXPECT_THAT(claim(9), ElementsAre(bulk[0], one, bulk[1], bulk[2], late));
}

TEST_P(MessageOrder, OneInEightIsOfTheLowestClass) {
  const QueueRow low = send_from("H52.01", "low", 0);
  std::vector<QueueRow> high;
  for (int i = 0; i < 12; ++i) high.push_back(send_from("H52.01", "h" + std::to_string(i), 4));
  EXPECT_THAT(claim(7), ElementsAre(high[0], high[1], high[2], high[3], high[4], high[5], high[6]));
  EXPECT_THAT(claim(1), ElementsAre(low));
  EXPECT_THAT(claim(2), ElementsAre(high[7], high[8]));
}

TEST_P(MessageOrder, ALaneTakesItsOwnClasses) {
  const QueueRow low = send_from("H52.01", "low", 0);
  const QueueRow high = send_from("H52.01", "high", 3);
  EXPECT_THAT(claim(9, {1, 4}), ElementsAre(high));
  EXPECT_THAT(claim(9, {0, 0}), ElementsAre(low));
}

TEST_P(MessageOrder, WhatNamesAMessageWaitsUntilThatHasLeftTheQueue) {
  const QueueRow named = send_from("H52.01", "named");
  const QueueRow naming = send_from("H52.01", "naming", 0, {row_of("named")});
  EXPECT_THAT(claim(9), ElementsAre(named));
  store().release_claims("owner");
  EXPECT_THAT(claim(9), ElementsAre(named)) << "a claim that ends lets nothing past";
  bool freed = false;
  committed(store(), [&](Transaction& transaction) { freed = transaction.remove_outgoing(named); });
  EXPECT_TRUE(freed);
  EXPECT_THAT(claim(9), ElementsAre(naming));
}

TEST_P(MessageOrder, WhatNamesSeveralWaitsForAll) {
  const QueueRow one = send_from("H52.01", "one");
  const QueueRow two = send_from("H52.01", "two");
  const QueueRow naming = send_from("H52.01", "naming", 0, {row_of("one"), row_of("two")});
  EXPECT_THAT(claim(9), ElementsAre(one, two));
  committed(store(), [&](Transaction& transaction) { transaction.remove_outgoing(one); });
  under_test().reopen();
  EXPECT_THAT(claim(9), ElementsAre(two));
  committed(store(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.update_outgoing(two, QueueState::dead, 1, "REFUSED"));
  });
  EXPECT_THAT(claim(9), ElementsAre(naming));
}

TEST_P(MessageOrder, WhatIsDeadOrOnAnotherLinkBlocksNothing) {
  const QueueRow dead = send_from("H52.01", "dead");
  committed(store(),
            [&](Transaction& transaction) { transaction.update_outgoing(dead, QueueState::dead, 1, "NO"); });
  send("elsewhere", 0, "other");
  const QueueRow naming = send_from("H52.01", "naming", 0, {row_of("dead"), row_of("elsewhere")});
  EXPECT_THAT(claim(9), ElementsAre(naming));
}

TEST_P(MessageOrder, ARaisedMessageRaisesWhatBlocksIt) {
  const QueueRow first = send_from("H52.01", "first");
  const QueueRow second = send_from("H52.01", "second", 0, {row_of("first")});
  const QueueRow other = send_from("H52.01", "other", 2);
  const MessageRow second_row = row_of("second");
  committed(store(), [&](Transaction& transaction) { transaction.raise_priority(second_row, 4); });
  EXPECT_THAT(claim(1), ElementsAre(first));
  committed(store(), [&](Transaction& transaction) { transaction.remove_outgoing(first); });
  EXPECT_THAT(claim(9), ElementsAre(second, other));
}

TEST_P(MessageOrder, AnUndoneRemovalFreesNothing) {
  const QueueRow named = send_from("H52.01", "named");
  const QueueRow naming = send_from("H52.01", "naming", 0, {row_of("named")});
  const auto undone = commit(store(), [&](Transaction& transaction) -> Result<void> {
    transaction.remove_outgoing(named);
    return failure(ErrorCode::aborted, "NO", "no");
  });
  EXPECT_FALSE(undone);
  EXPECT_THAT(claim(9), ElementsAre(named));
  committed(store(), [&](Transaction& transaction) { transaction.remove_outgoing(named); });
  EXPECT_THAT(claim(9), ElementsAre(naming));
}

TEST_P(MessageOrder, InAnInboxTooWhatNamesAMessageWaitsForIt) {
  const QueueRow named = deliver("named");
  const MessageRow named_row = row_of("named");
  QueueRow naming{};
  committed(store(), [&](Transaction& transaction) {
    InboxItem item = inbox(transaction.insert(message("naming")));
    item.after = {named_row};
    naming = transaction.queue_inbox(item);
  });
  EXPECT_THAT(rows_of(store().claim_inbox(agency("H52.05"), "default", "one", 9)), ElementsAre(named));
  bool freed = false;
  committed(store(), [&](Transaction& transaction) { freed = transaction.remove_inbox(named); });
  EXPECT_TRUE(freed);
  EXPECT_THAT(rows_of(store().claim_inbox(agency("H52.05"), "default", "one", 9)), ElementsAre(naming));
}

INSTANTIATE_TEST_SUITE_P(Every, MessageOrder, testing::Values(memory_messages(), sqlite_messages()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tram::contract
