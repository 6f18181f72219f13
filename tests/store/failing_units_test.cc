// What a unit that fails costs the other units of its batch.
#include <gmock/gmock.h>

#include "log/merkle.h"
#include "tests/contract/message_store_contract.h"
#include "tests/store/sqlite_store_test.h"

namespace tram::store {
namespace {

using namespace exchange;
using contract::HeldCommitter;
using contract::key;
using contract::message;

class FailingUnits : public SqliteStoreTest {
 protected:
  FailingUnits() { open(); }

  // Joins the batch that is held; answers how often it ran.
  const int& submit(const UnitOfWork& work) {
    const auto runs = std::make_shared<int>(0);
    auto answered = std::make_shared<std::promise<Result<void>>>();
    answers_.push_back(answered->get_future());
    store_->submit(
        [runs, work](Transaction& transaction) {
          ++*runs;
          return work(transaction);
        },
        [answered](Result<void> result) { answered->set_value(std::move(result)); });
    return *runs_.emplace_back(runs);
  }
  const int& submit_message(const std::string& id) {
    return submit([id](Transaction& transaction) -> Result<void> {
      const MessageRow row = transaction.insert(message(id));
      transaction.append_record("record of " + id, row, "");
      transaction.queue_outgoing(contract::outgoing(row));
      return {};
    });
  }
  std::vector<std::string> wait() {
    std::vector<std::string> reasons;
    for (auto& answer : answers_) {
      const Result<void> result = answer.get();
      reasons.push_back(result ? "" : result.error().reason);
    }
    return reasons;
  }

  std::vector<std::shared_ptr<int>> runs_;
  std::vector<std::future<Result<void>>> answers_;
};

Result<void> refuse(Transaction&) { return failure(ErrorCode::aborted, "REFUSED", "no"); }

TEST_F(FailingUnits, WhoFailsBeforeItsFirstChangeCostsTheOthersNothing) {
  HeldCommitter held(*store_);
  const int& first = submit_message("m1");
  submit(&refuse);
  const int& last = submit_message("m2");
  held.release();
  EXPECT_THAT(wait(), testing::ElementsAre("", "REFUSED", ""));
  EXPECT_EQ(first, 1);
  EXPECT_EQ(last, 1);
  EXPECT_EQ(store_->log_size(), 2U);
}

TEST_F(FailingUnits, WhoFailsAfterAChangeHasAllRunAgainAndOnceCounts) {
  HeldCommitter held(*store_);
  const int& first = submit_message("m1");
  submit([](Transaction& transaction) -> Result<void> {
    transaction.insert(message("refused"));
    transaction.append_record("of the refused", std::nullopt, "");
    return refuse(transaction);
  });
  const int& last = submit_message("m2");
  held.release();
  EXPECT_THAT(wait(), testing::ElementsAre("", "REFUSED", ""));
  EXPECT_EQ(first, 2);
  EXPECT_EQ(last, 1) << "it had not run yet";
  EXPECT_FALSE(store_->find(key("refused")));
  EXPECT_EQ(store_->log_size(), 2U);
  EXPECT_EQ(store_->counts().messages, 2U);
  EXPECT_EQ(store_->find(key("m2"))->row, MessageRow(2)) << "no number was used up";
  EXPECT_EQ(store_->claim_outgoing("axis", Classes(), "me", 10).size(), 2U);
  const Digest root = log::node_hash(log::leaf_hash("record of m1"), log::leaf_hash("record of m2"));
  EXPECT_EQ(store_->log_root(2).value(), root);
  open();
  EXPECT_EQ(store_->log_root(2).value(), root);
}

TEST_F(FailingUnits, WhatIsWithheldStaysSoFromOneRunToTheNext) {
  QueueRow row{};
  commit([&](Transaction& transaction) {
    row = transaction.queue_outgoing(contract::outgoing(transaction.insert(message("m1"))));
  });
  HeldCommitter held(*store_);
  std::vector<bool> withheld;
  std::vector<std::size_t> claimed;
  const int& runs = submit([&](Transaction& transaction) -> Result<void> {
    if (!withheld.empty()) claimed.push_back(store_->claim_outgoing("axis", Classes(), "a link", 1).size());
    withheld.push_back(transaction.withhold(row));
    transaction.remove_outgoing(row);
    return {};
  });
  submit([](Transaction& transaction) -> Result<void> {
    transaction.append_record("never", std::nullopt, "");
    return refuse(transaction);
  });
  held.release();
  EXPECT_THAT(wait(), testing::ElementsAre("", "REFUSED"));
  EXPECT_EQ(runs, 2);
  EXPECT_THAT(withheld, testing::ElementsAre(true, true));
  EXPECT_THAT(claimed, testing::ElementsAre(0));
  EXPECT_EQ(store_->count_outgoing("axis"), 0U);
}

}  // namespace
}  // namespace tram::store
