// The log, its proofs, receipts and checkpoints; certificates and the registry.
#include "log/checkpoint.h"
#include "log/merkle.h"
#include "tests/contract/message_store_contract.h"

namespace tram::contract {
namespace {

using namespace exchange;
using testing::ElementsAre;

std::string record_at(std::uint64_t index) { return "record " + std::to_string(index); }

// RFC 6962 section 2.1, as it is written there.
Digest tree_hash(std::uint64_t from, std::uint64_t to) {
  if (to - from == 1) return log::leaf_hash(record_at(from));
  std::uint64_t split = 1;
  while (split * 2 < to - from) split *= 2;
  return log::node_hash(tree_hash(from, from + split), tree_hash(from + split, to));
}

void append(MessageStore& store, std::uint64_t count) {
  committed(store, [=](Transaction& transaction) {
    for (std::uint64_t i = 0; i < count; ++i)
      transaction.append_record(record_at(transaction.log_size()), std::nullopt, "");
  });
}

void expect_proofs(const MessageStore& store, std::uint64_t size) {
  const auto root = store.log_root(size);
  ASSERT_TRUE(root) << root.error().text();
  EXPECT_EQ(*root, tree_hash(0, size)) << size;
  for (const std::uint64_t index : {std::uint64_t{0}, size / 3, size / 2, size - 1}) {
    const auto path = store.prove(index, size);
    ASSERT_TRUE(path) << path.error().text();
    EXPECT_TRUE(log::verify_inclusion(log::leaf_hash(record_at(index)), index, size, *path, *root));
  }
}

TEST_P(MessageStoreContract, EntriesAreProvenInEveryTreeSinceTheFirst) {
  EXPECT_EQ(*store().log_root(0), log::empty_root());
  for (const std::uint64_t count : {1, 2, 252, 1, 1, 300, 256, 3}) append(store(), count);
  const std::uint64_t size = 816;
  ASSERT_EQ(store().log_size(), size);
  for (const std::uint64_t at : {1, 2, 3, 255, 256, 257, 511, 512, 513, 815, 816}) expect_proofs(store(), at);
  under_test().reopen();
  ASSERT_EQ(store().log_size(), size);
  for (const std::uint64_t at : {1, 256, 300, 816}) expect_proofs(store(), at);
  append(store(), 208);
  expect_proofs(store(), 1024);
  expect_proofs(store(), 816);
}

TEST_P(MessageStoreContract, OneBatchMayFillATileAndFail) {
  append(store(), 250);
  const auto undone = commit(store(), [](Transaction& transaction) -> Result<void> {
    for (int i = 0; i < 20; ++i) transaction.append_record("never", std::nullopt, "");
    return failure(ErrorCode::aborted, "NO", "no");
  });
  EXPECT_FALSE(undone);
  append(store(), 10);
  expect_proofs(store(), 260);
  expect_proofs(store(), 251);
}

TEST_P(MessageStoreContract, ThereAreNoProofsBeyondTheLog) {
  append(store(), 3);
  EXPECT_EQ(store().log_root(4).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(store().prove(3, 3).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(store().prove(0, 4).error().code, ErrorCode::invalid_argument);
}

TEST_P(MessageStoreContract, AnOverlongRecordIsRefused) {
  const auto refused = commit(store(), [](Transaction& transaction) -> Result<void> {
    transaction.append_record(Bytes(65536, 'x'), std::nullopt, "");
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  committed(store(),
            [](Transaction& transaction) { transaction.append_record(Bytes(65535, 'x'), std::nullopt, ""); });
  EXPECT_EQ(store().log_size(), 1U);
}

TEST_P(MessageStoreContract, EntriesAreFoundByMessageAndByReceiptDue) {
  const MessageRow m1 = add("m1");
  const MessageRow m2 = add("m2");
  committed(store(), [&](Transaction& transaction) {
    transaction.append_record("0", m1, "axis");
    transaction.append_record("1", m2, "");
    transaction.append_record("2", m1, "ministry");
    transaction.append_record("3", std::nullopt, "");
    transaction.append_record("4", m2, "axis");
    transaction.set_receipt_cursor(2);
  });
  const auto entries = store().entries_of(m1);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].record, "0");
  EXPECT_EQ(entries[1].index, 2U);
  EXPECT_EQ(entries[1].receipt_link, "ministry");
  EXPECT_EQ(entries[1].message, m1);
  const auto due = store().receipts_due(1, 5, 9);
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].index, 2U);
  EXPECT_EQ(due[1].record, "4");
  EXPECT_EQ(store().receipts_due(0, 4, 9).size(), 2U);
  EXPECT_EQ(store().receipts_due(0, 99, 1).size(), 1U);
  EXPECT_TRUE(store().receipts_due(5, 5, 9).empty());
  under_test().reopen();
  EXPECT_EQ(store().receipt_cursor(), 2U);
}

// A note of a tree of log/a; a store never verifies one.
Bytes note_of(std::uint64_t size, const std::string& root, const std::string& signature = "signature") {
  const std::string text = log::format_checkpoint({"log/a", size, Sha256::of(root), ""});
  return log::format_note({text, {{"log/a", {}, signature}}});
}

TEST_P(MessageStoreContract, CheckpointsAreKeptByOriginAndSize) {
  committed(store(), [](Transaction& transaction) {
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 9, "nine"));
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 10, "ten"));
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 9, "nine"));
    EXPECT_TRUE(transaction.put_checkpoint("log/b", 70000, "b"));
  });
  EXPECT_EQ(store().checkpoint("log/a", 9), "nine");
  EXPECT_FALSE(store().checkpoint("log/b", 9));
  EXPECT_EQ(store().latest_checkpoint("log/a"), "ten");
  EXPECT_EQ(store().latest_checkpoint("log/b"), "b");
  EXPECT_FALSE(store().latest_checkpoint("log/"));
}

TEST_P(MessageStoreContract, TheFirstCheckpointOfATreeStays) {
  const Bytes first = note_of(9, "root");
  committed(store(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 9, first));
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 9, note_of(9, "root", "another signature")));
  });
  committed(store(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 9, note_of(9, "root", "a third")));
  });
  EXPECT_EQ(store().checkpoint("log/a", 9), first);
}

// Of one unit, and of two.
TEST_P(MessageStoreContract, ACheckpointOfAnotherRootIsRefusedAndTheFirstStays) {
  const Bytes first = note_of(9, "root");
  const auto expect_forked = [](Transaction& transaction) {
    const auto put = transaction.put_checkpoint("log/a", 9, note_of(9, "another root"));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().reason, log::kLogForked);
  };
  committed(store(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 9, first));
    expect_forked(transaction);
  });
  committed(store(), expect_forked);
  under_test().reopen();
  committed(store(), expect_forked);
  EXPECT_EQ(store().checkpoint("log/a", 9), first);
  committed(store(), [](Transaction& transaction) {
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 10, note_of(10, "another root")));
    EXPECT_TRUE(transaction.put_checkpoint("log/b", 9, note_of(9, "another root")));
  });
}

// The unit's other writes go with it, if it ends with the refusal.
TEST_P(MessageStoreContract, AUnitThatEndsWithARefusedCheckpointIsUndone) {
  const MessageRow row = add("m1");
  committed(store(), [](Transaction& transaction) {
    EXPECT_TRUE(transaction.put_checkpoint("log/a", 9, note_of(9, "root")));
  });
  const auto ended = commit(store(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.put_receipt(
        row, {EvidenceEvent::content_handover, agency("G09"), {"record", 5, {}}, "log/a", 9}));
    return transaction.put_checkpoint("log/a", 9, note_of(9, "another root"));
  });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().reason, log::kLogForked);
  EXPECT_TRUE(store().receipts_of(row).empty());
}

TEST_P(MessageStoreContract, AReceiptIsKeptOnce) {
  const MessageRow row = add("m1");
  StoredReceipt receipt{EvidenceEvent::content_handover,
                        agency("G09"),
                        {"record", 5, {Sha256::of("a"), Sha256::of("b")}},
                        "log/g09",
                        40};
  std::vector<bool> answers;
  committed(store(), [&](Transaction& transaction) {
    answers.push_back(transaction.put_receipt(row, receipt));
    answers.push_back(transaction.put_receipt(row, receipt));
    receipt.proof.record = "another record";
    answers.push_back(transaction.put_receipt(row, receipt));
    receipt.origin = "log/axis";
    answers.push_back(transaction.put_receipt(row, receipt));
  });
  EXPECT_THAT(answers, ElementsAre(true, false, true, true));
  const auto kept = store().receipts_of(row);
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].event, EvidenceEvent::content_handover);
  EXPECT_EQ(kept[0].node, agency("G09"));
  EXPECT_EQ(kept[0].proof.record, "record");
  EXPECT_EQ(kept[0].proof.index, 5U);
  EXPECT_THAT(kept[0].proof.path, ElementsAre(Sha256::of("a"), Sha256::of("b")));
  EXPECT_EQ(kept[0].origin, "log/g09");
  EXPECT_EQ(kept[0].checkpoint_size, 40U);
  EXPECT_EQ(kept[2].origin, "log/axis");
}

TEST_P(MessageStoreContract, CertificatesAndTheRegistryAreKept) {
  RegistryEntry entry;
  entry.certificate = Sha256::of("tls");
  entry.agency = agency("H52.01");
  entry.system = "qlvb-01";
  entry.inbox = "archive";
  entry.roles = Roles().add(Role::agency).add(Role::auditor);
  entry.signers = {Sha256::of("s1"), Sha256::of("s2")};
  entry.added_at = from_micros(11);
  entry.added_by = "cafe";
  committed(store(), [&](Transaction& transaction) {
    transaction.put_certificate(Sha256::of("der"), "der");
    transaction.put_certificate(Sha256::of("der"), "der");
    transaction.put_registry_entry(entry);
  });
  EXPECT_EQ(store().certificate(Sha256::of("der")), "der");
  EXPECT_FALSE(store().certificate(Sha256::of("no")));
  EXPECT_THAT(store().registry(), ElementsAre(entry));
  entry.revoked_at = from_micros(12);
  committed(store(), [&](Transaction& transaction) { transaction.put_registry_entry(entry); });
  under_test().reopen();
  EXPECT_THAT(store().registry(), ElementsAre(entry));
}

TEST_P(MessageStoreContract, StatusesAreFoundByTheMessageTheyName) {
  const auto status = [&](const std::string& id, MessageKind kind, const std::string& named) {
    committed(store(), [&](Transaction& transaction) {
      StoredMessage stored = message(id);
      stored.kind = kind;
      stored.references = {key(named)};
      transaction.insert(stored);
    });
  };
  status("s1", MessageKind::status, "m1");
  status("s2", MessageKind::status, "m2");
  status("recall", MessageKind::dispatch, "m1");
  status("s3", MessageKind::status, "m1");
  const auto found = store().statuses_of(key("m1"), 9);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, key("s1"));
  EXPECT_EQ(found[1].key, key("s3"));
  EXPECT_EQ(found[1].references.at(0), key("m1"));
  EXPECT_EQ(store().statuses_of(key("m1"), 1).size(), 1U);
  EXPECT_TRUE(store().statuses_of(key("s1"), 9).empty());
}

INSTANTIATE_TEST_SUITE_P(Every, MessageStoreContract, testing::Values(memory_messages(), sqlite_messages()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tram::contract
