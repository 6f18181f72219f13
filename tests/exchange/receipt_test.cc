// Receipts: only proven records of known logs, from where the recipient lies, about this very header.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "codec/bundle.h"
#include "codec/evidence_json.h"
#include "log/checkpoint.h"
#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::RecipientRow;

using exchange::HopOutcome;
using exchange::HopResult;

class Receipts : public OneNode, public testing::Test {
 protected:
  void SetUp() override {
    const auto answer = submit(request(dispatch("H52.01", "d", {"G09.02", "H12.01"})));
    ASSERT_TRUE(answer);
    key = answer->key;
    header = answer->header_digest;
    run();
  }
  EvidenceRecord record(EvidenceEvent event = EvidenceEvent::content_handover,
                        const std::string& by = "G09") {
    EvidenceRecord out;
    out.event = event;
    out.time = world.now();
    out.node = code(by);
    out.message = key;
    out.recipients = codes({"G09.02"});
    out.header = header;
    return out;
  }
  RecipientRow line(const std::string& agency = "G09.02") {
    for (const RecipientRow& row : recipients(key)) {
      if (row.agency == code(agency)) return row;
    }
    return {};
  }
  std::size_t kept() { return h52.messages().receipts_of(h52.messages().find(key)->row).size(); }

  void expect_refused(const ReceiptBundle& bundle, const std::string& reason,
                      const std::string& from = "H01") {
    const HopOutcome outcome = relay(bundle, from);
    EXPECT_EQ(outcome.result, HopResult::refused);
    ASSERT_FALSE(outcome.error.causes.empty());
    EXPECT_EQ(outcome.error.causes[0].reason, reason) << outcome.error.text();
    EXPECT_EQ(kept(), 0U);
    EXPECT_EQ(line().state, RecipientState::accepted);
    ASSERT_FALSE(h52.observer().refusals().empty());
  }

  MessageKey key;
  Digest header;
};

TEST_F(Receipts, AProvenHandOverMovesTheLineOn) {
  EXPECT_EQ(relay(bundle_of("G09", {record()})).result, HopResult::accepted);
  EXPECT_EQ(line().state, RecipientState::handed_over);
  EXPECT_EQ(line("H12.01").state, RecipientState::accepted);
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(h52.observer().count(EvidenceEvent::receipt_verified), 1U);
}

TEST_F(Receipts, EvidenceComesWithTheKeysItsCheckpointsWereSignedWithAndNoOthers) {
  const auto origins = [&] {
    const auto parts = node().evidence(agency(), key);
    EXPECT_TRUE(parts);
    std::vector<std::string> out;
    for (const log::VerifierKey& log : parts->log_keys) {
      out.push_back(log.name());
      EXPECT_TRUE(std::any_of(parts->receipts.begin(), parts->receipts.end(),
                              [&](const ReceiptBundle& bundle) {
                                return log::open_checkpoint(bundle.checkpoint, log).has_value();
                              }))
          << log.name();
    }
    return out;
  };
  const std::string own = node().settings().log_origin;
  EXPECT_EQ(origins(), std::vector{own});
  const ReceiptBundle bundle = bundle_of("G09", {record()});
  ASSERT_EQ(relay(bundle).result, HopResult::accepted);
  EXPECT_EQ(origins(), (std::vector{own, bundle.origin}));
}

// One batch of the store for each of the two calls, and the disk is full for the second batch only.
TEST_F(Receipts, WhatAFullDiskKeptFromBeingQueuedIsQueuedLater) {
  constexpr int kBatch = 256;
  exchange::MessageStore& store = h52.messages();
  const auto submit_units = [&store](int count) {
    for (int i = 0; i < count; ++i) store.submit([](auto&) { return Result<void>(); }, {});
  };
  const auto append = [&](const std::string& by) {
    store.submit(
        [bytes = codec::write_record(record(EvidenceEvent::content_handover, by))](auto& transaction) {
          transaction.append_record(bytes, std::nullopt, "truc");
          return Result<void>();
        },
        {});
  };
  const auto grown = [&, before = store.log_size()](std::uint64_t by) {
    return world.run_until([&] { return store.log_size() == before + by; }, std::chrono::seconds(1));
  };
  const std::uint64_t first = store.log_size();
  append("G09");
  ASSERT_TRUE(grown(1));
  append("H12");
  submit_units(kBatch - 1);
  ASSERT_TRUE(node().checkpoint());  // of the first entry, behind the second
  submit_units(kBatch - 1);
  ASSERT_TRUE(grown(2));
  ASSERT_TRUE(node().checkpoint());  // of the second
  const std::size_t notes = h52.observer().notes().size();
  h52.fill_disk(true);
  ASSERT_TRUE(
      world.run_until([&] { return h52.observer().notes().size() > notes; }, std::chrono::seconds(1)));
  h52.fill_disk(false);
  run();
  std::set<std::uint64_t> queued;
  for (const auto& [row, item] : h52.tables().outgoing) {
    if (item.bundle.empty()) continue;
    const auto bundle = codec::read_bundle(item.bundle);
    ASSERT_TRUE(bundle);
    for (const ProvenRecord& proof : bundle->records) queued.insert(proof.index);
  }
  EXPECT_TRUE(queued.contains(first));
  EXPECT_TRUE(queued.contains(first + 1));
}

TEST_F(Receipts, TheSameAgainIsKeptOnce) {
  const ReceiptBundle bundle = bundle_of("G09", {record()});
  EXPECT_EQ(relay(bundle).result, HopResult::accepted);
  EXPECT_EQ(relay(bundle).result, HopResult::accepted);
  EXPECT_EQ(kept(), 1U);
}

TEST_F(Receipts, StatesMoveForwardsOnly) {
  EXPECT_EQ(relay(bundle_of("G09", {record()})).result, HopResult::accepted);
  const auto earlier = bundle_of("G09", {record(EvidenceEvent::content_consignment)});
  EXPECT_EQ(relay(earlier).result, HopResult::accepted);
  EXPECT_EQ(line().state, RecipientState::handed_over);
  EXPECT_EQ(kept(), 2U);
}

TEST_F(Receipts, ForgedRecord) {
  ReceiptBundle bundle = bundle_of("G09", {record(EvidenceEvent::relay_acceptance)});
  bundle.records[0].record = codec::write_record(record());
  expect_refused(bundle, "INCLUSION_PROOF_INVALID");
}

TEST_F(Receipts, ForgedPath) {
  ReceiptBundle bundle = bundle_of("G09", {record(), record(EvidenceEvent::content_consignment)});
  bundle.records.resize(1);
  bundle.records[0].path[0] = Sha256::of("other");
  expect_refused(bundle, "INCLUSION_PROOF_INVALID");
}

TEST_F(Receipts, WrongIndex) {
  ReceiptBundle bundle = bundle_of("G09", {record(), record(EvidenceEvent::content_consignment)});
  bundle.records.resize(1);
  bundle.records[0].index = 1;
  expect_refused(bundle, "INCLUSION_PROOF_INVALID");
}

TEST_F(Receipts, ForgedCheckpoint) {
  ReceiptBundle bundle = bundle_of("G09", {record()});
  const auto at = bundle.checkpoint.find("\n1\n");
  ASSERT_NE(at, Bytes::npos);
  bundle.checkpoint[at + 1] = '2';
  expect_refused(bundle, "NOTE_SIGNATURE_INVALID");
}

TEST_F(Receipts, CheckpointOfAnotherKnownLog) {
  // H01's log holds a record that pretends to be G09's.
  ReceiptBundle bundle = bundle_of("H01", {record()});
  expect_refused(bundle, "NOTE_UNSIGNED");
}

TEST_F(Receipts, OfAnUnknownLog) {
  expect_refused(bundle_of("G10", {record(EvidenceEvent::content_handover, "G10")}), "LOG_UNKNOWN");
}

TEST_F(Receipts, OfALogThatIsNotTheRecipients) {
  expect_refused(bundle_of("H01", {record(EvidenceEvent::content_handover, "H01")}), "LOG_NOT_AUTHORITATIVE");
  expect_refused(bundle_of("H01", {record(EvidenceEvent::content_consignment, "H01")}),
                 "LOG_NOT_AUTHORITATIVE");
}

TEST_F(Receipts, FromTheWrongLink) {
  expect_refused(bundle_of("G09", {record()}), "RECEIPT_NOT_FROM_THERE", "H12");
}

TEST_F(Receipts, OfOneRecipientBehindAnotherLink) {
  EvidenceRecord both = record(EvidenceEvent::relay_acceptance, "H01");
  both.recipients = codes({"G09.02", "H12.01"});
  expect_refused(bundle_of("H01", {both}), "RECEIPT_NOT_FROM_THERE");
}

TEST_F(Receipts, ForAnotherHeader) {
  EvidenceRecord other = record();
  other.header = Sha256::of("another");
  expect_refused(bundle_of("G09", {other}), "RECEIPT_OF_OTHER_CONTENT");
}

TEST_F(Receipts, ForAMessageUnknown) {
  EvidenceRecord other = record();
  other.message->id = MessageId("never");
  expect_refused(bundle_of("G09", {other}), "RECEIPT_FOR_UNKNOWN_MESSAGE");
}

TEST_F(Receipts, WithoutAMessage) {
  EvidenceRecord other = record();
  other.message.reset();
  expect_refused(bundle_of("G09", {other}), "RECEIPT_WITHOUT_MESSAGE");
}

TEST_F(Receipts, Garbage) {
  ReceiptBundle bundle = bundle_of("G09", {record()});
  bundle.records[0].record = "{";
  expect_refused(bundle, "JSON_MALFORMED");
}

TEST_F(Receipts, OneThatDoesNotHoldSpoilsNoOther) {
  EvidenceRecord wrong = record(EvidenceEvent::content_consignment);
  wrong.header = Sha256::of("another");
  EXPECT_EQ(relay(bundle_of("G09", {wrong, record()})).result, HopResult::accepted);
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(line().state, RecipientState::handed_over);
  EXPECT_EQ(h52.observer().refusals().back().error.reason, "RECEIPT_OF_OTHER_CONTENT");
}

TEST_F(Receipts, ARejectionMakesADeadLetterWithItsReason) {
  EvidenceRecord rejection = record(EvidenceEvent::relay_rejection, "H01");
  rejection.reason = "UNKNOWN_RECIPIENT";
  rejection.detail = "no such agency";
  EXPECT_EQ(relay(bundle_of("H01", {rejection})).result, HopResult::accepted);
  EXPECT_EQ(line().state, RecipientState::dead);
  EXPECT_NE(line().reason.find("UNKNOWN_RECIPIENT"), std::string::npos);
}

}  // namespace
}  // namespace tram::sim
