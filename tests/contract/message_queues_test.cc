// Queues and claims.
#include <set>
#include <thread>

#include "tests/contract/message_store_contract.h"

namespace tram::contract {
namespace {

using namespace exchange;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(MessageStoreContract, ItemsAreClaimedHighestPriorityFirstThenOldest) {
  const QueueRow a = send("a", 0);
  const QueueRow b = send("b", 4);
  const QueueRow c = send("c", 0);
  const QueueRow d = send("d", 4);
  const QueueRow other = send("e", 4, "elsewhere");
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "one", 3)), ElementsAre(b, d, a));
  const QueueRow f = send("f", 2);
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "one", 9)), ElementsAre(f, c));
  EXPECT_THAT(rows_of(store().claim_outgoing("elsewhere", {}, "one", 9)), ElementsAre(other));
  EXPECT_THAT(store().claim_outgoing("nowhere", {}, "one", 9), IsEmpty());
}

TEST_P(MessageStoreContract, AClaimedItemIsReadAsItWasQueued) {
  const MessageRow row = add("m1");
  committed(store(), [&](Transaction& transaction) {
    OutgoingItem item = outgoing(row, "axis", 3);
    item.attempts = 2;
    item.reason = "UNAVAILABLE";
    transaction.queue_outgoing(item);
    OutgoingItem bundle = outgoing(row, "axis", 1);
    bundle.message.reset();
    bundle.recipients.clear();
    bundle.bundle = Bytes("\0bundle", 7);
    transaction.queue_outgoing(bundle);
  });
  const auto items = store().claim_outgoing("axis", {}, "one", 9);
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].link, "axis");
  EXPECT_EQ(items[0].priority, 3);
  EXPECT_EQ(items[0].message, row);
  EXPECT_EQ(items[0].recipients, outgoing(row).recipients);
  EXPECT_EQ(items[0].attempts, 2U);
  EXPECT_EQ(items[0].reason, "UNAVAILABLE");
  EXPECT_EQ(items[0].queued_at, from_micros(5));
  EXPECT_FALSE(items[1].message);
  EXPECT_EQ(items[1].bundle, Bytes("\0bundle", 7));
}

TEST_P(MessageStoreContract, ClaimsCompeteFenceAndReturnToTheirOldPlace) {
  const QueueRow a = send("a");
  const QueueRow b = send("b");
  const QueueRow c = send("c");
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "one", 2)), ElementsAre(a, b));
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "two", 9)), ElementsAre(c));
  EXPECT_THAT(store().claim_outgoing("axis", {}, "three", 9), IsEmpty());
  EXPECT_TRUE(store().holds_claim("one", a));
  EXPECT_FALSE(store().holds_claim("two", a));
  store().release_claims("one");
  EXPECT_FALSE(store().holds_claim("one", a));
  EXPECT_TRUE(store().holds_claim("two", c));
  const QueueRow d = send("d");
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "three", 9)), ElementsAre(a, b, d));
}

TEST_P(MessageStoreContract, AClaimIsHeldInsideAUnit) {
  const QueueRow row = send("a");
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 1));
  bool held = false;
  committed(store(), [&](Transaction&) { held = store().holds_claim("one", row); });
  EXPECT_TRUE(held);
}

TEST_P(MessageStoreContract, WhatUnitsWithholdIsClaimedAfterwardsInItsPlace) {
  const QueueRow a = send("a");
  const QueueRow b = send("b");
  HeldCommitter held(store());  // both units in one batch
  for (int i = 0; i < 2; ++i) {
    store().submit(
        [a](Transaction& transaction) -> Result<void> {
          EXPECT_TRUE(transaction.withhold(a));
          return {};
        },
        {});
  }
  held.release();
  committed(store(), [](Transaction&) {});
  EXPECT_FALSE(store().may_have_left(a));
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "one", 9)), ElementsAre(a, b));
}

TEST_P(MessageStoreContract, WhatAUnitWithheldThatFailedIsClaimedAfterwards) {
  const QueueRow row = send("a");
  EXPECT_FALSE(commit(store(), [&](Transaction& transaction) -> Result<void> {
    EXPECT_TRUE(transaction.withhold(row));
    return failure(ErrorCode::aborted, "NO", "no");
  }));
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "one", 9)), ElementsAre(row));
}

TEST_P(MessageStoreContract, WhatIsOrWasClaimedIsNotWithheld) {
  const QueueRow row = send("a");
  const auto withheld = [&] {
    bool out = true;
    committed(store(), [&](Transaction& transaction) { out = transaction.withhold(row); });
    return out;
  };
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 1));
  EXPECT_FALSE(withheld());
  EXPECT_TRUE(store().holds_claim("one", row));
  store().release_claims("one");
  EXPECT_FALSE(withheld());
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "two", 9)), ElementsAre(row));
}

// Where links claim while a unit runs. In memory they wait for its end.
class ClaimsDuringUnits : public MessageStoreContract {
 protected:
  // What a link claims before the unit's batch is committed.
  std::vector<OutgoingItem> claimed_during(const std::function<void(Transaction&)>& work) {
    std::vector<OutgoingItem> out;
    committed(store(), [&](Transaction& transaction) {
      work(transaction);
      out = store().claim_outgoing("axis", {}, "one", 9);
    });
    return out;
  }
};

INSTANTIATE_TEST_SUITE_P(Sqlite, ClaimsDuringUnits, testing::Values(sqlite_messages()));

TEST_P(ClaimsDuringUnits, WhatIsTakenOffTheQueueIsNotClaimedBeforeTheCommit) {
  const QueueRow a = send("a");
  const QueueRow b = send("b");
  EXPECT_THAT(rows_of(claimed_during([&](Transaction& transaction) {
                ASSERT_TRUE(transaction.withhold(a));
                transaction.remove_outgoing(a);
              })),
              ElementsAre(b));
  EXPECT_THAT(store().claim_outgoing("axis", {}, "two", 9), IsEmpty());
}

TEST_P(ClaimsDuringUnits, WhatIsChangedIsClaimedAsItIsAfterTheCommit) {
  const QueueRow row = send("a");
  const std::vector<AgencyCode> rest = {agency("H52.07")};
  EXPECT_THAT(claimed_during([&](Transaction& transaction) {
                ASSERT_TRUE(transaction.withhold(row));
                transaction.set_outgoing_recipients(row, rest);
              }),
              IsEmpty());
  const auto items = store().claim_outgoing("axis", {}, "two", 9);
  ASSERT_THAT(rows_of(items), ElementsAre(row));
  EXPECT_EQ(items[0].recipients, rest);
}

TEST_P(MessageStoreContract, ClaimsEndWithTheStore) {
  const QueueRow row = send("a");
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 1));
  under_test().reopen();
  EXPECT_FALSE(store().holds_claim("one", row));
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "two", 1)), ElementsAre(row));
}

TEST_P(MessageStoreContract, RemovedItemsDoNotComeBack) {
  const QueueRow a = send("a");
  const QueueRow b = send("b");
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 2));
  committed(store(), [&](Transaction& transaction) { transaction.remove_outgoing(a); });
  EXPECT_FALSE(store().holds_claim("one", a));
  store().release_claims("one");
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "two", 9)), ElementsAre(b));
  EXPECT_EQ(store().count_outgoing("axis"), 1U);
}

TEST_P(MessageStoreContract, ARemovalThatIsUndoneLeavesTheClaim) {
  const QueueRow row = send("a");
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 1));
  const auto undone = commit(store(), [&](Transaction& transaction) -> Result<void> {
    transaction.remove_outgoing(row);
    return failure(ErrorCode::aborted, "NO", "no");
  });
  EXPECT_FALSE(undone);
  EXPECT_TRUE(store().holds_claim("one", row));
}

TEST_P(MessageStoreContract, AHeldItemLosesItsClaimAndWaitsAgainInItsOldPlace) {
  const QueueRow a = send("a");
  const QueueRow b = send("b");
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 2));
  const auto update = [&](QueueRow row, QueueState state, std::uint32_t attempts) {
    committed(store(),
              [=](Transaction& transaction) { transaction.update_outgoing(row, state, attempts, "WHY"); });
  };
  update(a, QueueState::held, 1);
  EXPECT_FALSE(store().holds_claim("one", a));
  EXPECT_THAT(store().claim_outgoing("axis", {}, "two", 9), IsEmpty());
  EXPECT_EQ(store().count_outgoing("axis"), 1U);
  update(b, QueueState::waiting, 5);
  EXPECT_TRUE(store().holds_claim("one", b));
  update(a, QueueState::waiting, 2);
  const auto items = store().claim_outgoing("axis", {}, "two", 9);
  ASSERT_THAT(rows_of(items), ElementsAre(a));
  EXPECT_EQ(items[0].attempts, 2U);
  EXPECT_EQ(items[0].reason, "WHY");
}

TEST_P(MessageStoreContract, RaisedItemsOvertakeLowerOnesOnLinksAndInboxes) {
  const QueueRow a = send("a", 0);
  const QueueRow b = send("b", 3);
  const QueueRow c = deliver("c", 0);
  const QueueRow d = deliver("d", 1);
  EXPECT_THAT(rows_of(store().claim_outgoing("axis", {}, "one", 1)), ElementsAre(b));
  committed(store(), [&](Transaction& transaction) {
    transaction.raise_priority(transaction.find(key("a"))->row, 3);
    transaction.raise_priority(transaction.find(key("c"))->row, 4);
    transaction.raise_priority(transaction.find(key("d"))->row, 0);  // never lowers
  });
  store().release_claims("one");
  const auto sent = store().claim_outgoing("axis", {}, "two", 9);
  EXPECT_THAT(rows_of(sent), ElementsAre(b, a)) << "behind what its sender has in that class already";
  EXPECT_EQ(sent[1].priority, 3);
  const auto delivered = store().claim_inbox(agency("H52.05"), "default", "two", 9);
  EXPECT_THAT(rows_of(delivered), ElementsAre(c, d));
  EXPECT_EQ(delivered[1].priority, 1);
}

TEST_P(MessageStoreContract, AnItemRaisedWhileClaimedReturnsInItsNewClass) {
  const QueueRow a = send("a", 0);
  static_cast<void>(store().claim_outgoing("axis", {}, "one", 1));
  committed(store(), [&](Transaction& transaction) {
    transaction.raise_priority(transaction.find(key("a"))->row, 2);
  });
  EXPECT_THAT(store().claim_outgoing("axis", {}, "two", 9), IsEmpty());
  store().release_claims("one");
  const auto items = store().claim_outgoing("axis", {}, "two", 9);
  ASSERT_THAT(rows_of(items), ElementsAre(a));
  EXPECT_EQ(items[0].priority, 2);
}

TEST_P(MessageStoreContract, AnInboxItemSaysWhetherItMayHaveBeenHandedOverBefore) {
  const QueueRow row = deliver("a");
  const MessageRow message_row = store().find(key("a"))->row;
  EXPECT_FALSE(store().inbox_item(message_row, agency("H52.05"))->redelivered);
  const auto first = store().claim_inbox(agency("H52.05"), "default", "one", 9);
  ASSERT_THAT(rows_of(first), ElementsAre(row));
  EXPECT_FALSE(first[0].redelivered);
  EXPECT_EQ(first[0].attempts, 1U);
  EXPECT_EQ(first[0].message, message_row);
  store().release_claims("one");
  const auto second = store().claim_inbox(agency("H52.05"), "default", "two", 9);
  ASSERT_THAT(rows_of(second), ElementsAre(row));
  EXPECT_TRUE(second[0].redelivered);
  EXPECT_EQ(second[0].attempts, 2U);
  under_test().reopen();
  const QueueRow fresh = deliver("b");
  const auto third = store().claim_inbox(agency("H52.05"), "default", "three", 9);
  ASSERT_THAT(rows_of(third), ElementsAre(row, fresh));
  EXPECT_TRUE(third[0].redelivered);
  EXPECT_FALSE(third[1].redelivered);
}

TEST_P(MessageStoreContract, InboxesOfOneAgencyAreApart) {
  const QueueRow a = deliver("a", 0, "default");
  const QueueRow b = deliver("b", 0, "archive");
  EXPECT_THAT(rows_of(store().claim_inbox(agency("H52.05"), "archive", "one", 9)), ElementsAre(b));
  EXPECT_THAT(rows_of(store().claim_inbox(agency("H52.05"), "default", "one", 9)), ElementsAre(a));
  EXPECT_THAT(store().claim_inbox(agency("H52.01"), "default", "one", 9), IsEmpty());
}

TEST_P(MessageStoreContract, AMessageWaitsOnceForAnAgency) {
  deliver("a");
  const MessageRow row = store().find(key("a"))->row;
  const auto again = commit(store(), [&](Transaction& transaction) -> Result<void> {
    transaction.queue_inbox(inbox(row));
    return {};
  });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::already_exists);
  committed(store(), [&](Transaction& transaction) {
    transaction.remove_inbox(transaction.inbox_item(row, agency("H52.05"))->row);
    transaction.queue_inbox(inbox(row));
  });
  EXPECT_EQ(store().counts().waiting_inbox, 1U);
}

TEST_P(MessageStoreContract, QueuesAreListedForOperatorsOldestFirst) {
  const QueueRow a = send("a");
  const QueueRow b = deliver("b");
  const QueueRow c = send("c");
  committed(store(), [&](Transaction& transaction) {
    transaction.update_outgoing(c, QueueState::dead, 1, "REFUSED");
    OutgoingItem bundle = outgoing(MessageRow(0));
    bundle.message.reset();
    transaction.queue_outgoing(bundle);
  });
  const auto all = store().list_queues({});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(std::get<OutgoingItem>(all[0].item).row, a);
  EXPECT_EQ(all[0].key, key("a"));
  EXPECT_EQ(std::get<InboxItem>(all[1].item).row, b);
  EXPECT_EQ(all[1].key, key("b"));
  EXPECT_EQ(all[3].key, MessageKey());
  const auto dead = store().list_queues({QueueState::dead, 100});
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(std::get<OutgoingItem>(dead[0].item).reason, "REFUSED");
  EXPECT_EQ(store().list_queues({std::nullopt, 2}).size(), 2U);
}

std::vector<QueueRow> listed(const std::vector<InboxEntry>& entries) {
  std::vector<QueueRow> rows;
  for (const InboxEntry& entry : entries) rows.push_back(entry.item.row);
  return rows;
}

TEST_P(MessageStoreContract, AnInboxIsListedInTheOrderOfHandOverAndPageByPage) {
  const QueueRow a = deliver("a", 0);
  const QueueRow b = deliver("b", 4);
  const QueueRow c = deliver("c", 0);
  const QueueRow d = deliver("d", 4);
  deliver("elsewhere", 4, "archive");
  const auto list = [&](const std::optional<InboxPlace>& after, std::size_t limit) {
    return listed(store().list_inbox(agency("H52.05"), "default", after, limit));
  };
  EXPECT_THAT(list({}, 9), ElementsAre(b, d, a, c));
  EXPECT_THAT(list({}, 3), ElementsAre(b, d, a));
  EXPECT_THAT(list(InboxPlace{4, b}, 2), ElementsAre(d, a));
  EXPECT_THAT(list(InboxPlace{4, d}, 9), ElementsAre(a, c));
  EXPECT_THAT(list(InboxPlace{2, a}, 9), ElementsAre(a, c)) << "a place nobody stands at";
  EXPECT_THAT(list(InboxPlace{0, c}, 9), IsEmpty());
  EXPECT_THAT(list({}, 0), IsEmpty());
  EXPECT_THAT(store().list_inbox(agency("H52.01"), "default", {}, 9), IsEmpty());
  EXPECT_THAT(rows_of(store().claim_inbox(agency("H52.05"), "default", "one", 9)), ElementsAre(b, d, a, c))
      << "listing claims nothing";
}

TEST_P(MessageStoreContract, AListOfAnInboxSaysWhatIsClaimedAndWhatWasHandedOverBefore) {
  const QueueRow row = deliver("a", 1);
  const auto list = [&] { return store().list_inbox(agency("H52.05"), "default", {}, 9).at(0); };
  EXPECT_EQ(list().key, key("a"));
  EXPECT_EQ(list().kind, MessageKind::dispatch);
  EXPECT_EQ(list().stored_at, message("a").stored_at);
  EXPECT_EQ(list().item.row, row);
  EXPECT_EQ(list().item.message, store().find(key("a"))->row);
  EXPECT_EQ(list().item.inbox, "default");
  EXPECT_EQ(list().item.priority, 1);
  EXPECT_EQ(list().item.queued_at, from_micros(6));
  EXPECT_FALSE(list().claimed);
  EXPECT_FALSE(list().item.redelivered);
  static_cast<void>(store().claim_inbox(agency("H52.05"), "default", "one", 9));
  EXPECT_TRUE(list().claimed);
  EXPECT_FALSE(list().item.redelivered) << "it is with its first stream";
  store().release_claims("one");
  EXPECT_FALSE(list().claimed);
  EXPECT_TRUE(list().item.redelivered);
  EXPECT_EQ(list().item.attempts, 1U);
  static_cast<void>(store().claim_inbox(agency("H52.05"), "default", "two", 9));
  EXPECT_TRUE(list().claimed);
  EXPECT_TRUE(list().item.redelivered);
  under_test().reopen();
  EXPECT_FALSE(list().claimed);
  EXPECT_TRUE(list().item.redelivered);
  committed(store(), [&](Transaction& transaction) { transaction.remove_inbox(row); });
  EXPECT_THAT(store().list_inbox(agency("H52.05"), "default", {}, 9), IsEmpty());
}

TEST_P(MessageStoreContract, EveryItemIsClaimedByOneOwnerWhileOthersCommit) {
  constexpr int kItems = 120;
  std::mutex mutex;
  std::multiset<QueueRow> claimed;
  std::atomic<bool> sending = true;
  std::vector<std::thread> claimers;
  for (int t = 0; t < 3; ++t) {
    claimers.emplace_back([&, owner = "owner" + std::to_string(t)] {
      for (bool last = false; !last;) {
        last = !sending;  // one more look after the last item is there
        const auto items = store().claim_outgoing("axis", {}, owner, 7);
        if (!items.empty()) last = false;
        const std::lock_guard lock(mutex);
        for (const auto& item : items) claimed.insert(item.row);
      }
    });
  }
  for (int i = 0; i < kItems; ++i) {
    send(std::to_string(i), i % 3);
    committed(store(), [&](Transaction& transaction) {
      transaction.raise_priority(transaction.find(key(std::to_string(i)))->row, i % 5);
    });
  }
  sending = false;
  for (auto& claimer : claimers) claimer.join();
  EXPECT_EQ(claimed.size(), static_cast<std::size_t>(kItems));
  EXPECT_EQ(std::set<QueueRow>(claimed.begin(), claimed.end()).size(), static_cast<std::size_t>(kItems));
}

}  // namespace
}  // namespace tram::contract
