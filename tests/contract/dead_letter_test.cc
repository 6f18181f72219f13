// What operators see: dead letters, overdue items, what may have left.
#include "tests/contract/message_store_contract.h"

namespace tram::contract {
namespace {

using namespace exchange;
using testing::ElementsAre;
using testing::IsEmpty;

class DeadLetters : public MessageStoreContract {
 protected:
  MessageRow add_from(const std::string& id, const std::string& from_link) {
    MessageRow row{};
    committed(store(), [&](Transaction& transaction) {
      StoredMessage stored = message(id);
      stored.from_link = from_link;
      row = transaction.insert(stored);
    });
    return row;
  }
  void put(MessageRow row, const std::string& code, RecipientState state) {
    committed(store(), [&](Transaction& transaction) {
      transaction.put_recipient(row,
                                {agency(code), state, "WHY: so", StatusCode::arrived, from_micros(8), 2});
    });
  }
};

TEST_P(DeadLetters, AreThoseOfMessagesAcceptedHereTheLatestFirst) {
  const MessageRow first = add_from("first", "");
  const MessageRow second = add_from("second", "");
  const MessageRow relayed = add_from("relayed", "axis");
  put(first, "G09.02", RecipientState::dead);
  put(first, "G09.01", RecipientState::given_up);
  put(first, "G09.03", RecipientState::closed);
  put(second, "G09.02", RecipientState::dead);
  put(second, "G09.04", RecipientState::handed_over);
  put(relayed, "G09.02", RecipientState::dead);
  under_test().reopen();
  const auto letters = store().dead_letters(9);
  ASSERT_EQ(letters.size(), 3U);
  EXPECT_EQ(letters[0].key, key("second"));
  EXPECT_EQ(letters[0].priority, Priority::express);
  EXPECT_EQ(letters[0].recipient.retries, 2U);
  EXPECT_EQ(letters[0].recipient.reason, "WHY: so");
  EXPECT_EQ(letters[1].recipient.agency, agency("G09.01"));
  EXPECT_EQ(letters[2].recipient.agency, agency("G09.02"));
  EXPECT_EQ(store().dead_letters(1).size(), 1U);
}

TEST_P(DeadLetters, OverdueIsWhatWaitsOrIsBlockedAndNobodyClaims) {
  const QueueRow old = send("old");
  const QueueRow claimed = send("claimed");
  const QueueRow held = send("held");
  EXPECT_THAT(store().overdue_outgoing(from_micros(5), 9), IsEmpty()) << "queued at 5";
  committed(store(),
            [&](Transaction& transaction) { transaction.update_outgoing(held, QueueState::held, 1, "WHY"); });
  EXPECT_THAT(rows_of(store().overdue_outgoing(from_micros(6), 9)), ElementsAre(old, claimed));
  EXPECT_THAT(rows_of(store().overdue_outgoing(from_micros(6), 1)), ElementsAre(old));
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 1));
  EXPECT_THAT(rows_of(store().overdue_outgoing(from_micros(6), 9)), ElementsAre(claimed));
}

TEST_P(DeadLetters, OnlyWhatWasNeverClaimedInThisProcessCertainlyStayed) {
  const QueueRow first = send("first");
  const QueueRow second = send("second");
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 1));
  store().release_claims("one");
  EXPECT_TRUE(store().may_have_left(first));
  EXPECT_FALSE(store().may_have_left(second));
  under_test().reopen();
  EXPECT_TRUE(store().may_have_left(second));
}

TEST_P(DeadLetters, MessagesStoredSinceATimeAreFoundInSteps) {
  const auto stored_at = [&](const std::string& id, std::int64_t micros) {
    committed(store(), [&](Transaction& transaction) {
      StoredMessage stored = message(id);
      stored.stored_at = from_micros(micros);
      transaction.insert(stored);
    });
  };
  stored_at("old", 10);
  stored_at("one", 20);
  stored_at("clock set back", 5);
  stored_at("two", 30);
  const auto first = store().stored_since(from_micros(20), MessageRow(0), 1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].key, key("one"));
  const auto rest = store().stored_since(from_micros(20), first[0].row, 9);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].key, key("two"));
  EXPECT_TRUE(store().stored_since(from_micros(20), rest[0].row, 9).empty());
}

TEST_P(DeadLetters, WhatCameFromALinkSinceATimeIsFoundInOrder) {
  const auto stored = [&](const std::string& id, const std::string& link, std::int64_t micros) {
    committed(store(), [&](Transaction& transaction) {
      StoredMessage one = message(id);
      one.from_link = link;
      one.stored_at = from_micros(micros);
      transaction.insert(one);
    });
  };
  stored("too early", "axis", 10);
  stored("one", "axis", 20);
  stored("ours", "", 25);
  stored("other", "north", 26);
  stored("two", "axis", 30);
  const auto first = store().stored_from("axis", from_micros(20), MessageRow(0), 1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].key, key("one"));
  const auto rest = store().stored_from("axis", from_micros(20), first[0].row, 9);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].key, key("two"));
}

// As after years: most is old, some is pruned, and a clock was set back for a while.
TEST_P(DeadLetters, WhatIsYoungIsFoundBehindManyOldOnes) {
  constexpr std::int64_t kOld = 5000;
  constexpr std::int64_t kYoung = 2500;
  std::vector<MessageRow> young;
  committed(store(), [&](Transaction& transaction) {
    std::vector<MessageRow> all;
    for (std::int64_t i = 0; i < kOld + kYoung; ++i) {
      StoredMessage one = message("m" + std::to_string(i));
      const bool set_back = i >= kOld + 200 && i < kOld + 900;
      one.stored_at = from_micros(set_back ? 1 : i);
      one.from_link = i % 2 == 0 ? "axis" : "north";
      all.push_back(transaction.insert(one));
      if (i >= kOld && !set_back && i % 3 != 0) young.push_back(all.back());
    }
    for (std::size_t i = 0; i < all.size(); i += 3) transaction.pruning().remove_message(all[i]);
    for (std::size_t i = kOld / 2; i < kOld; ++i) transaction.pruning().remove_message(all[i]);
  });
  std::vector<MessageRow> found;
  for (MessageRow after{};; after = found.back()) {
    const auto page = store().stored_since(from_micros(kOld), after, 700);
    if (page.empty()) break;
    for (const StoredMessage& each : page) found.push_back(each.row);
  }
  EXPECT_EQ(found, young);
  const auto from_axis = store().stored_from("axis", from_micros(kOld + kYoung - 3), MessageRow(0), 9);
  ASSERT_EQ(from_axis.size(), 1U);
  EXPECT_EQ(from_axis[0].key, key("m" + std::to_string(kOld + kYoung - 2)));
  EXPECT_THAT(store().stored_since(from_micros(kOld + kYoung), MessageRow(0), 9), testing::IsEmpty());
}

TEST_P(DeadLetters, AMessagesCopiesAreFoundAndLoseRecipients) {
  const MessageRow row = add("m");
  committed(store(), [&](Transaction& transaction) {
    OutgoingItem one = outgoing(row, "axis");
    one.retry = 3;
    transaction.queue_outgoing(one);
    transaction.queue_outgoing(outgoing(row, "other"));
    const auto items = transaction.outgoing_of(row);
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].retry, 3U);
    EXPECT_EQ(items[1].link, "other");
    transaction.set_outgoing_recipients(items[0].row, {agency("G09.03")});
    EXPECT_THAT(transaction.outgoing(items[0].row)->recipients, ElementsAre(agency("G09.03")));
    EXPECT_THAT(transaction.outgoing_of(MessageRow(99)), IsEmpty());
  });
  const auto claimed = store().claim_outgoing("axis", {}, "one", 1);
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(claimed[0].retry, 3U);
  EXPECT_THAT(claimed[0].recipients, ElementsAre(agency("G09.03")));
}

INSTANTIATE_TEST_SUITE_P(Every, DeadLetters, testing::Values(memory_messages(), sqlite_messages()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tram::contract
