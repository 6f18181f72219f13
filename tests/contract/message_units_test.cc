// Messages and units of work: the part of the contract about transactions.
#include <thread>

#include "tests/contract/message_store_contract.h"

namespace tram::contract {
namespace {

using namespace exchange;

TEST_P(MessageStoreContract, AMessageIsReadAsItWasStored) {
  const MessageRow row = add("m1");
  const auto known = store().find(key("m1"));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->row, row);
  EXPECT_EQ(known->header_digest, message("m1").header_digest);
  EXPECT_EQ(known->submitted_digest, message("m1").submitted_digest);
  EXPECT_EQ(known->from_link, "axis");
  EXPECT_EQ(known->stored_at, message("m1").stored_at);
  EXPECT_EQ(known->log_index, 7U);
  const auto loaded = store().load(row);
  ASSERT_TRUE(loaded);
  const StoredMessage stored = message("m1");
  EXPECT_EQ(loaded->row, row);
  EXPECT_EQ(loaded->key, stored.key);
  EXPECT_EQ(loaded->kind, stored.kind);
  EXPECT_EQ(loaded->priority, stored.priority);
  EXPECT_EQ(loaded->header, stored.header);
  EXPECT_EQ(loaded->signature, stored.signature);
  EXPECT_EQ(loaded->certificate, stored.certificate);
  EXPECT_EQ(loaded->contents, stored.contents);
  EXPECT_EQ(loaded->references, stored.references);
  EXPECT_EQ(loaded->trace, stored.trace);
  EXPECT_EQ(loaded->verdict, stored.verdict);
}

TEST_P(MessageStoreContract, AnUnknownMessageIsNotFound) {
  EXPECT_FALSE(store().find(key("nobody")));
  const auto loaded = store().load(MessageRow(77));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::not_found);
}

TEST_P(MessageStoreContract, AKeyIsStoredOnceAndTheSecondUnitIsUndone) {
  const MessageRow first = add("m1");
  const auto again = commit(store(), [](Transaction& transaction) -> Result<void> {
    transaction.append_record("half done", std::nullopt, "");
    transaction.insert(message("m1"));
    return {};
  });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::already_exists);
  EXPECT_EQ(store().find(key("m1"))->row, first);
  EXPECT_EQ(store().log_size(), 0U);
  EXPECT_EQ(store().counts().messages, 1U);
}

TEST_P(MessageStoreContract, AUnitsErrorUndoesItsOwnWritesAlone) {
  const MessageRow kept = add("kept");
  const QueueRow queued = send("queued");
  std::vector<std::future<Result<void>>> answers;
  HeldCommitter held(store());  // so that the three are one batch
  const auto submit = [&](const std::string& id, bool fails) {
    auto answered = std::make_shared<std::promise<Result<void>>>();
    answers.push_back(answered->get_future());
    store().submit(
        [=](Transaction& transaction) -> Result<void> {
          const MessageRow row = transaction.insert(message(id));
          transaction.append_record("record of " + id, row, "axis");
          transaction.queue_outgoing(outgoing(row));
          transaction.queue_inbox(inbox(row));
          transaction.put_recipient(row, {agency("G09.02"), RecipientState::accepted, "", std::nullopt, {}});
          if (!fails) return {};
          transaction.put_recipient(kept, {agency("G09.02"), RecipientState::dead, "x", std::nullopt, {}});
          transaction.remove_outgoing(queued);
          transaction.raise_priority(kept, 4);
          transaction.set_receipt_cursor(9);
          transaction.put_checkpoint("log", 1, "note");
          transaction.put_certificate(Sha256::of("c"), "c");
          transaction.put_registry_entry(RegistryEntry());
          transaction.put_receipt(kept,
                                  {EvidenceEvent::relay_acceptance, agency("A01"), {"r", 1, {}}, "log", 2});
          return failure(ErrorCode::aborted, "CHANGED_MIND", "no");
        },
        [answered](Result<void> result) { answered->set_value(std::move(result)); });
  };
  submit("a", false);
  submit("b", true);
  submit("c", false);
  held.release();
  EXPECT_TRUE(answers[0].get());
  EXPECT_EQ(answers[1].get().error().reason, "CHANGED_MIND");
  EXPECT_TRUE(answers[2].get());
  EXPECT_TRUE(store().find(key("a")));
  EXPECT_FALSE(store().find(key("b")));
  EXPECT_TRUE(store().find(key("c")));
  EXPECT_EQ(store().log_size(), 2U);
  EXPECT_EQ(store().entries_of(store().find(key("c"))->row).at(0).index, 1U);
  EXPECT_EQ(store().count_outgoing("axis"), 3U);
  EXPECT_EQ(store().counts().waiting_inbox, 2U);
  EXPECT_TRUE(store().recipients(kept).empty());
  EXPECT_EQ(store().receipt_cursor(), 0U);
  EXPECT_FALSE(store().checkpoint("log", 1));
  EXPECT_FALSE(store().certificate(Sha256::of("c")));
  EXPECT_TRUE(store().registry().empty());
  EXPECT_TRUE(store().receipts_of(kept).empty());
}

TEST_P(MessageStoreContract, AUnitSeesItsOwnWrites) {
  committed(store(), [](Transaction& transaction) {
    EXPECT_EQ(transaction.log_size(), 0U);
    const MessageRow row = transaction.insert(message("m1"));
    EXPECT_EQ(transaction.find(key("m1"))->row, row);
    EXPECT_EQ(transaction.load(row).header, message("m1").header);
    EXPECT_EQ(transaction.append_record("one", row, ""), 0U);
    EXPECT_EQ(transaction.append_record("two", row, ""), 1U);
    EXPECT_EQ(transaction.log_size(), 2U);
    const QueueRow sent = transaction.queue_outgoing(outgoing(row));
    EXPECT_EQ(transaction.outgoing(sent)->recipients, outgoing(row).recipients);
    const QueueRow delivered = transaction.queue_inbox(inbox(row));
    EXPECT_EQ(transaction.inbox_item(row, agency("H52.05"))->row, delivered);
    transaction.remove_inbox(delivered);
    EXPECT_FALSE(transaction.inbox_item(row, agency("H52.05")));
    transaction.put_recipient(row, {agency("G09"), RecipientState::relayed, "", std::nullopt, {}});
    EXPECT_EQ(transaction.recipient(row, agency("G09")).value().state, RecipientState::relayed);
    EXPECT_FALSE(transaction.recipient(row, agency("H52.05")));
    transaction.set_receipt_cursor(2);
    EXPECT_EQ(transaction.receipt_cursor(), 2U);
  });
  EXPECT_EQ(store().receipt_cursor(), 2U);
}

TEST_P(MessageStoreContract, LoadingWhatIsGoneFailsTheUnit) {
  const auto result = commit(store(), [](Transaction& transaction) -> Result<void> {
    static_cast<void>(transaction.load(MessageRow(99)));
    return {};
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::not_found);
}

TEST_P(MessageStoreContract, UrgentUnitsRunFirstAndEachUrgencyInOrder) {
  std::vector<std::string> ran;  // the committer's alone until the last answer
  std::vector<std::future<void>> answers;
  HeldCommitter held(store());
  for (const auto& [name, urgent] :
       std::vector<std::pair<std::string, bool>>{{"n1", false}, {"n2", false}, {"u1", true}, {"u2", true}}) {
    auto answered = std::make_shared<std::promise<void>>();
    answers.push_back(answered->get_future());
    store().submit(
        [&ran, name = name](Transaction&) -> Result<void> {
          ran.push_back(name);
          return {};
        },
        [answered](const Result<void>&) { answered->set_value(); }, urgent);
  }
  held.release();
  for (auto& answer : answers) answer.get();
  EXPECT_THAT(ran, testing::ElementsAre("u1", "u2", "n1", "n2"));
}

TEST_P(MessageStoreContract, CommittedStateOutlivesTheStore) {
  const MessageRow row = add("m1");
  committed(store(), [&](Transaction& transaction) {
    transaction.put_recipient(
        row, {agency("G09.02"), RecipientState::dead, "REFUSED", StatusCode::refused, from_micros(9)});
    transaction.put_recipient(row, {agency("G09.01"), RecipientState::accepted, "", std::nullopt, {}});
    transaction.put_recipient(
        row, {agency("G09.01"), RecipientState::handed_over, "", StatusCode::completed, from_micros(10)});
  });
  under_test().reopen();
  EXPECT_EQ(store().find(key("m1"))->row, row);
  const auto recipients = store().recipients(row);
  ASSERT_EQ(recipients.size(), 2U);
  EXPECT_EQ(recipients[0].agency, agency("G09.01"));
  EXPECT_EQ(recipients[0].state, RecipientState::handed_over);
  EXPECT_EQ(recipients[0].last_status, StatusCode::completed);
  EXPECT_EQ(recipients[1].reason, "REFUSED");
  EXPECT_EQ(recipients[1].updated_at, from_micros(9));
  EXPECT_EQ(store().counts().messages, 1U);
}

TEST_P(MessageStoreContract, RowNumbersAreNeverUsedTwice) {
  const QueueRow first = send("m1");
  const QueueRow second = deliver("m2");
  EXPECT_LT(first, second);
  committed(store(), [&](Transaction& transaction) {
    transaction.remove_outgoing(first);
    transaction.remove_inbox(second);
  });
  under_test().reopen();
  EXPECT_LT(second, send("m3"));
}

TEST_P(MessageStoreContract, AFailedFlushIsNeverAnswered) {
  std::promise<std::string> failed;
  under_test().on_failure = [&](const Error& error) { failed.set_value(error.reason); };
  under_test().fail_flushes();
  std::atomic<bool> answered = false;
  store().submit(
      [](Transaction& transaction) -> Result<void> {
        transaction.insert(message("lost"));
        return {};
      },
      [&](const Result<void>&) { answered = true; });
  EXPECT_EQ(failed.get_future().get(), "CONTENT_IO");
  under_test().close();
  EXPECT_FALSE(answered);
  under_test().reopen();
  EXPECT_FALSE(store().find(key("lost")));
}

TEST_P(MessageStoreContract, ManyThreadsCommitAndReadAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kEach = 60;
  std::vector<std::thread> threads;
  std::atomic<int> seen = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        committed(store(), [&](Transaction& transaction) {
          const MessageRow row = transaction.insert(message(id));
          transaction.append_record(id, row, "");
          transaction.queue_outgoing(outgoing(row));
        });
        const auto known = store().find(key(id));  // an answer means that readers see it
        if (known && store().entries_of(known->row).size() == 1) ++seen;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seen, kThreads * kEach);
  EXPECT_EQ(store().log_size(), static_cast<std::uint64_t>(kThreads * kEach));
}

}  // namespace
}  // namespace tram::contract
