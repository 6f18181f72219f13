// The message store's contract: pruning.
#include "log/merkle.h"
#include "tests/contract/message_store_contract.h"

namespace tram::contract {
namespace {

using namespace exchange;
using testing::ElementsAre;
using testing::IsEmpty;

const Timestamp kStored = from_micros(1'700'000'000'123'456);  // of message()
const Timestamp kLater = kStored + std::chrono::hours(1);
const ContentLocation kInSegment{"s-0000000001", 4096, 10240};  // of message()
const ContentLocation kInUpload{"u-0f", 0, 5'000'000'000};

class MessagePruning : public MessageStoreContract {
 protected:
  [[nodiscard]] const RetentionView& view() { return store().retention(); }
  void prune(const std::function<void(Pruning&)>& work) {
    committed(store(), [&](Transaction& transaction) { work(transaction.pruning()); });
  }
  MessageRow add_at(const std::string& id, Timestamp stored_at, std::vector<ContentLocation> contents) {
    StoredMessage stored = message(id);
    stored.stored_at = stored_at;
    stored.contents = std::move(contents);
    MessageRow row{};
    committed(store(), [&](Transaction& transaction) { row = transaction.insert(stored); });
    return row;
  }
  void add_records(std::size_t count, std::optional<MessageRow> row = std::nullopt) {
    committed(store(), [&](Transaction& transaction) {
      for (std::size_t i = 0; i < count; ++i)
        transaction.append_record("record " + std::to_string(transaction.log_size()), row, "");
      transaction.set_receipt_cursor(transaction.log_size());
    });
  }
  std::size_t drop_records(std::uint64_t below, std::size_t limit) {
    std::size_t dropped = 0;
    prune([&](Pruning& pruning) { dropped = pruning.drop_records(below, limit); });
    return dropped;
  }
};

std::vector<MessageRow> rows(const std::vector<OldMessage>& messages) {
  std::vector<MessageRow> out;
  for (const OldMessage& each : messages) out.push_back(each.row);
  return out;
}

TEST_P(MessagePruning, MessagesWithContentsAreListedFromTheOldestOn) {
  const auto young = add_at("young", kStored + std::chrono::seconds(9), {kInSegment});
  const auto old = add_at("old", kStored, {kInSegment});
  add_at("bare", kStored, {});
  const auto next = add_at("next", kStored, {kInUpload});
  EXPECT_THAT(rows(view().with_contents(kLater, std::nullopt, 9)), ElementsAre(old, next, young));
  EXPECT_THAT(rows(view().with_contents(kStored + std::chrono::seconds(9), std::nullopt, 9)),
              ElementsAre(old, next));
  const auto first = view().with_contents(kLater, std::nullopt, 1);
  ASSERT_THAT(rows(first), ElementsAre(old));
  EXPECT_EQ(first[0].stored_at, kStored);
  EXPECT_EQ(first[0].log_index, 7U);
  EXPECT_THAT(rows(view().with_contents(kLater, first[0], 1)), ElementsAre(next));
  EXPECT_THAT(rows(view().oldest(MessageRow(0), 2)), ElementsAre(young, old));
  EXPECT_THAT(rows(view().oldest(next, 2)), IsEmpty());
  EXPECT_EQ(view().newest(), kStored);
}

TEST_P(MessagePruning, AnEmptyStoreHasNothingOld) {
  EXPECT_THAT(view().with_contents(kLater, std::nullopt, 9), IsEmpty());
  EXPECT_THAT(view().oldest(MessageRow(0), 9), IsEmpty());
  EXPECT_EQ(view().newest(), std::nullopt);
  EXPECT_EQ(drop_records(100, 100), 0U);
}

TEST_P(MessagePruning, DroppedContentsLeaveTheMessage) {
  const auto row = add("m1");
  EXPECT_EQ(view().use_of("s-0000000001").bytes, 10240U);
  EXPECT_EQ(view().use_of("u-0f").bytes, 5'000'000'000U);
  prune([&](Pruning& pruning) { pruning.drop_contents(row, kLater); });
  for (const int round : {0, 1}) {
    const auto kept = store().load(row).value();
    EXPECT_THAT(kept.contents, IsEmpty()) << round;
    EXPECT_EQ(kept.contents_pruned_at, kLater);
    EXPECT_EQ(kept.header, message("m1").header);
    EXPECT_EQ(kept.signature, message("m1").signature);
    EXPECT_EQ(view().use_of("s-0000000001").messages, 0U);
    EXPECT_EQ(view().use_of("u-0f").messages, 0U);
    EXPECT_THAT(view().with_contents(kLater, std::nullopt, 9), IsEmpty());
    under_test().reopen();
  }
}

TEST_P(MessagePruning, DroppedContentsMayComeAgain) {
  const auto row = add("m1");
  prune([&](Pruning& pruning) { pruning.drop_contents(row, kLater); });
  prune([&](Pruning& pruning) { pruning.restore_contents(row, {{"s-9", 0, 10}, {"s-9", 10, 5}}); });
  const auto restored = store().load(row).value();
  EXPECT_FALSE(restored.contents_pruned_at);
  EXPECT_EQ(restored.contents.size(), 2U);
  EXPECT_EQ(view().use_of("s-9").bytes, 15U);
  EXPECT_EQ(view().use_of("u-0f").messages, 0U);
  EXPECT_THAT(rows(view().with_contents(kLater, std::nullopt, 9)), ElementsAre(row));
}

TEST_P(MessagePruning, WhatAContainerIsUsedForIsCounted) {
  const auto one = add_at("one", kStored, {{"s-1", 0, 10}, {"s-1", 10, 5}, {"s-2", 0, 1}});
  const auto two = add_at("two", kStored, {{"s-1", 15, 100}});
  add_at("none", kStored, {});
  EXPECT_EQ(view().use_of("s-1").messages, 2U);
  EXPECT_EQ(view().use_of("s-1").bytes, 115U);
  EXPECT_EQ(view().use_of("s-3").messages, 0U);
  EXPECT_THAT(view().users_of("s-1", MessageRow(0), 9), ElementsAre(one, two));
  EXPECT_THAT(view().users_of("s-1", MessageRow(0), 1), ElementsAre(one));
  EXPECT_THAT(view().users_of("s-1", one, 9), ElementsAre(two));
  EXPECT_FALSE(store().load(one)->contents_pruned_at);
}

TEST_P(MessagePruning, MovedContentIsFoundInItsNewPlaceAlone) {
  const auto row = add_at("one", kStored, {{"s-1", 0, 10}, {"s-1", 10, 5}});
  const auto move = [&](const ContentLocation& from) {
    bool moved = false;
    prune([&](Pruning& pruning) { moved = pruning.move_content(row, from, {"s-2", 77, from.length}); });
    return moved;
  };
  EXPECT_FALSE(move({"s-1", 1, 9}));
  EXPECT_TRUE(move({"s-1", 0, 10}));
  EXPECT_FALSE(move({"s-1", 0, 10}));
  EXPECT_THAT(store().load(row)->contents,
              ElementsAre(ContentLocation{"s-2", 77, 10}, ContentLocation{"s-1", 10, 5}));
  EXPECT_EQ(view().use_of("s-1").bytes, 5U);
  EXPECT_EQ(view().use_of("s-2").bytes, 10U);
  prune([&](Pruning& pruning) { pruning.drop_contents(row, kLater); });
  EXPECT_FALSE(move({"s-2", 77, 10}));
}

TEST_P(MessagePruning, WhatIsQueuedIsKnown) {
  MessageRow out{};
  MessageRow in{};
  QueueRow first{};
  QueueRow second{};
  committed(store(), [&](Transaction& transaction) {
    out = transaction.insert(message("out"));
    in = transaction.insert(message("in"));
    EXPECT_FALSE(transaction.pruning().is_queued(out));
    first = transaction.queue_outgoing(outgoing(out));
    second = transaction.queue_inbox(inbox(in));
  });
  committed(store(), [&](Transaction& transaction) {
    static_cast<void>(transaction.update_outgoing(first, QueueState::dead, 1, "refused"));
    EXPECT_TRUE(transaction.pruning().is_queued(out));
    EXPECT_TRUE(transaction.pruning().is_queued(in));
    static_cast<void>(transaction.remove_outgoing(first));
    static_cast<void>(transaction.remove_inbox(second));
    EXPECT_FALSE(transaction.pruning().is_queued(out));
    EXPECT_FALSE(transaction.pruning().is_queued(in));
  });
}

StoredReceipt receipt(const std::string& record, std::uint64_t size) {
  return {EvidenceEvent::content_handover, agency("G09"), {record, 3, {Sha256::of("leaf")}}, "log/g09", size};
}

TEST_P(MessagePruning, ARemovedMessageLeavesNothing) {
  StoredMessage status = message("status");
  status.kind = MessageKind::status;
  status.references = {key("m1"), key("earlier", "G09.02")};
  MessageRow row{};
  MessageRow status_row{};
  committed(store(), [&](Transaction& transaction) {
    row = transaction.insert(message("m1"));
    status_row = transaction.insert(status);
    transaction.put_recipient(row, {agency("G09.02"), RecipientState::handed_over, "", {}, kStored});
    for (const std::uint64_t size : {10, 20, 30}) transaction.put_checkpoint("log/g09", size, "note");
    transaction.put_receipt(row, receipt("only", 10));
    transaction.put_receipt(row, receipt("shared", 20));
    transaction.put_receipt(status_row, receipt("other's", 20));
    transaction.put_receipt(row, receipt("newest", 30));
    transaction.append_record("a record", row, "");
  });
  const auto root = store().log_root(1).value();
  prune([&](Pruning& pruning) {
    pruning.remove_message(row);
    pruning.remove_message(row);  // again: nothing happens
  });
  for (const int round : {0, 1}) {
    EXPECT_FALSE(store().find(key("m1"))) << round;
    EXPECT_EQ(store().load(row).error().code, ErrorCode::not_found);
    EXPECT_THAT(store().recipients(row), IsEmpty());
    EXPECT_THAT(store().receipts_of(row), IsEmpty());
    EXPECT_THAT(store().entries_of(row), IsEmpty());
    EXPECT_EQ(store().counts().messages, 1U);
    EXPECT_EQ(view().use_of("s-0000000001").messages, 1U);  // the status's
    EXPECT_FALSE(store().checkpoint("log/g09", 10));
    EXPECT_TRUE(store().checkpoint("log/g09", 20));
    EXPECT_TRUE(store().checkpoint("log/g09", 30));  // the newest of its log
    EXPECT_EQ(store().log_root(1).value(), root);
    EXPECT_EQ(store().statuses_of(key("m1"), 9).size(), 1U);
    under_test().reopen();
  }
  prune([&](Pruning& pruning) { pruning.remove_message(status_row); });
  EXPECT_THAT(store().statuses_of(key("m1"), 9), IsEmpty());
  EXPECT_THAT(store().statuses_of(key("earlier", "G09.02"), 9), IsEmpty());
  EXPECT_FALSE(store().checkpoint("log/g09", 20));
  EXPECT_GT(add("m1"), status_row);  // rows are never used twice
}

TEST_P(MessagePruning, DroppedRecordsLeaveProofsAndRoots) {
  const auto row = add("m1");
  add_records(300);
  add_records(1, row);
  add_records(299);
  const auto root = store().log_root(600).value();
  EXPECT_EQ(drop_records(10, 4), 4U);
  EXPECT_EQ(drop_records(10, 99), 6U);
  EXPECT_EQ(drop_records(10, 99), 0U);
  EXPECT_EQ(drop_records(600, 9999), 501U);  // 512 that are in full tiles, without 10 and the message's
  for (const int round : {0, 1}) {
    EXPECT_EQ(store().log_size(), 600U) << round;
    EXPECT_EQ(store().log_root(600).value(), root);
    EXPECT_EQ(store().entries_of(row).size(), 1U);
    const auto path = store().prove(3, 600);
    ASSERT_TRUE(path);
    EXPECT_EQ(log::root_from_inclusion(log::leaf_hash("record 3"), 3, 600, *path).value(), root);
    under_test().reopen();
  }
  add_records(1);
  EXPECT_EQ(store().log_size(), 601U);
}

TEST_P(MessagePruning, RecordsOfTheNewestTileStay) {
  add_records(512);  // two full tiles
  EXPECT_EQ(drop_records(512, 9999), 256U);
  under_test().reopen();
  EXPECT_EQ(store().log_size(), 512U);
  add_records(1);
  EXPECT_EQ(drop_records(513, 9999), 256U);
}

TEST_P(MessagePruning, RecordsWhoseReceiptIsDueStay) {
  add_records(300);
  committed(store(), [](Transaction& transaction) { transaction.set_receipt_cursor(100); });
  EXPECT_EQ(drop_records(300, 9999), 100U);
}

TEST_P(MessagePruning, OfOurCheckpointsAFewStay) {
  const std::uint64_t apart = kCheckpointsApart;
  committed(store(), [&](Transaction& transaction) {
    for (const std::uint64_t size : {1UL, 2UL, 3UL, apart, apart + 1, 3 * apart, 3 * apart + 7})
      transaction.put_checkpoint("ours", size, "note");
    transaction.put_checkpoint("theirs", 1, "note");
    transaction.put_checkpoint("theirs", 2, "note");
    StoredReceipt proven = receipt("r", 2);
    proven.origin = "ours";
    transaction.put_receipt(transaction.insert(message("m1")), proven);
  });
  const auto thin = [&](std::size_t limit) {
    std::size_t dropped = 0;
    prune([&](Pruning& pruning) { dropped = pruning.thin_checkpoints("ours", limit); });
    return dropped;
  };
  EXPECT_EQ(thin(1), 1U);
  EXPECT_EQ(thin(9), 2U);
  EXPECT_EQ(thin(9), 0U);
  const auto kept = [&](std::uint64_t size) { return store().checkpoint("ours", size).has_value(); };
  EXPECT_TRUE(kept(2) && kept(3) && kept(apart + 1) && kept(3 * apart + 7));
  EXPECT_FALSE(kept(1) || kept(apart) || kept(3 * apart));
  EXPECT_TRUE(store().checkpoint("theirs", 1));
}

StoredMessage forwarded() {
  StoredMessage out = message("forwarded");
  out.certificate = Sha256::of("the sender's");
  return out;
}

TEST_P(MessagePruning, CertificatesInUseStay) {
  const Digest used = message("m1").certificate;
  const Digest unused = Sha256::of("nobody's");
  const auto row = add("m1");
  committed(store(), [&](Transaction& transaction) {
    transaction.put_certificate(used, "der");
    transaction.put_certificate(unused, "der");
  });
  const auto all = view().certificates(std::nullopt, 9);
  ASSERT_EQ(all.size(), 2U);
  for (const KeptCertificate& each : all) EXPECT_EQ(each.used, each.sha256 == used);
  EXPECT_EQ(view().certificates(all[0].sha256, 9).size(), 1U);
  EXPECT_EQ(view().certificates(std::nullopt, 1).size(), 1U);
  const auto remove = [&](const Digest& sha256) {
    bool removed = false;
    prune([&](Pruning& pruning) { removed = pruning.remove_certificate(sha256); });
    return removed;
  };
  EXPECT_FALSE(remove(used));
  EXPECT_TRUE(remove(unused));
  EXPECT_FALSE(remove(unused));
  EXPECT_FALSE(store().certificate(unused));
  Forwarding forwarding{"a record", "a signature", used};
  committed(store(), [&](Transaction& transaction) {
    transaction.pruning().remove_message(row);
    transaction.put_forwarding(transaction.insert(forwarded()), agency("G09.03"), forwarding);
  });
  EXPECT_FALSE(remove(used));
  EXPECT_TRUE(view().certificates(std::nullopt, 9).at(0).used);
  const auto last = store().find(key("forwarded"))->row;
  prune([&](Pruning& pruning) { pruning.remove_message(last); });
  EXPECT_FALSE(store().forwarding(last, agency("G09.03")));
  EXPECT_TRUE(remove(used));
}

TEST_P(MessagePruning, AFailedUnitHasRemovedNothing) {
  const auto row = add("m1");
  add_records(300);
  committed(store(), [&](Transaction& transaction) {
    transaction.put_checkpoint("ours", 1, "note");
    transaction.put_checkpoint("ours", 2, "note");
    transaction.put_recipient(row, {agency("G09.02"), RecipientState::dead, "why", {}, kStored});
    transaction.put_receipt(row, receipt("r", 1));
    transaction.put_certificate(Sha256::of("nobody's"), "der");
  });
  const auto before = store().load(row).value();
  const auto failed = commit(store(), [&](Transaction& transaction) -> Result<void> {
    Pruning& pruning = transaction.pruning();
    EXPECT_EQ(pruning.drop_records(200, 99), 99U);
    EXPECT_EQ(pruning.thin_checkpoints("ours", 9), 1U);
    EXPECT_TRUE(pruning.remove_certificate(Sha256::of("nobody's")));
    EXPECT_TRUE(pruning.move_content(row, kInSegment, {"s-2", 0, 10240}));
    pruning.drop_contents(row, kLater);
    pruning.remove_message(row);
    pruning.give_back(16);
    return failure(ErrorCode::aborted, "TEST", "the unit fails after all");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(store().load(row)->contents, before.contents);
  EXPECT_FALSE(store().load(row)->contents_pruned_at);
  EXPECT_TRUE(store().find(key("m1")));
  EXPECT_EQ(store().recipients(row).size(), 1U);
  EXPECT_EQ(store().receipts_of(row).size(), 1U);
  EXPECT_EQ(store().counts().messages, 1U);
  EXPECT_TRUE(store().checkpoint("ours", 1));
  EXPECT_TRUE(store().certificate(Sha256::of("nobody's")));
  EXPECT_EQ(view().use_of("s-0000000001").messages, 1U);
  EXPECT_EQ(drop_records(200, 999), 200U);
}

INSTANTIATE_TEST_SUITE_P(Every, MessagePruning, testing::Values(memory_messages(), sqlite_messages()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tram::contract
