// What a full store has SQLite do grows with what is asked for, and not with what lies there.
#include "tests/store/sqlite_steps.h"
#include "tests/store/sqlite_store_test.h"

namespace tram::store {
namespace {

using namespace exchange;

StoredMessage numbered(int number) {
  StoredMessage out;
  out.key = {AgencyCode::parse("H52.01").value(), MessageId("m" + std::to_string(number))};
  out.header_digest = Sha256::of(out.header);
  return out;
}

class SqliteWork : public SqliteStoreTest {
 protected:
  SqliteWork() { open(); }

  const SqliteSteps steps_;
};

TEST_F(SqliteWork, ThinningLooksForTheNextCheckpointAlone) {
  constexpr std::uint64_t kRanges = 300;
  constexpr std::uint64_t kNewest = 2000;
  commit([](Transaction& transaction) {
    for (std::uint64_t range = 0; range < kRanges; ++range)
      transaction.put_checkpoint("ours", range * kCheckpointsApart + 1, "note");
    for (std::uint64_t i = 0; i < kNewest; ++i)
      transaction.put_checkpoint("ours", kRanges * kCheckpointsApart + i, "note");
  });
  std::size_t removed = 0;
  const auto thin = [&] {
    commit([&](Transaction& transaction) { removed = transaction.pruning().thin_checkpoints("ours", 5000); });
  };
  EXPECT_LT(steps_.of(thin), 100 * (kRanges + kNewest));
  EXPECT_EQ(removed, kNewest - 1);
}

TEST_F(SqliteWork, WhatIsOldIsNotReadToFindWhatIsYoung) {
  const auto store = [&](int from, int to) {
    commit([&](Transaction& transaction) {
      for (int i = from; i < to; ++i) {
        StoredMessage message = numbered(i);
        message.from_link = "axis";
        message.stored_at = from_micros(i);
        transaction.insert(message);
      }
    });
  };
  const auto steps_for = [&](int since) {
    return steps_.of([&] {
      EXPECT_EQ(store_->stored_since(from_micros(since), MessageRow(0), 10).size(), 10U);
      EXPECT_EQ(store_->stored_from("axis", from_micros(since), MessageRow(0), 10).size(), 10U);
    });
  };
  constexpr int kFew = 10'000;
  constexpr int kMany = 80'000;
  store(0, kFew);
  const auto few = steps_for(kFew - 100);
  store(kFew, kMany);
  EXPECT_LT(steps_for(kMany - 100), 3 * few) << "eight times as many are three halves more";
}

TEST_F(SqliteWork, APageOfAnInboxReadsItsOwnMessages) {
  constexpr int kWaiting = 5000;
  const AgencyCode agency = AgencyCode::parse("H52.05").value();
  commit([&](Transaction& transaction) {
    for (int i = 0; i < kWaiting; ++i) {
      const StoredMessage message = numbered(i);
      InboxItem item;
      item.message = transaction.insert(message);
      item.agency = agency;
      item.inbox = "default";
      item.sender = message.key.sender;
      transaction.queue_inbox(item);
    }
  });
  const auto page = [&] { EXPECT_EQ(store_->list_inbox(agency, "default", std::nullopt, 10).size(), 10U); };
  EXPECT_LT(steps_.of(page), 20 * kWaiting);
}

}  // namespace
}  // namespace tram::store
