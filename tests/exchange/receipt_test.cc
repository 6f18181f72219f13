// Receipts that hold: kept, and passed on.
#include <gmock/gmock.h>

#include <algorithm>

#include "codec/bundle.h"
#include "log/checkpoint.h"
#include "tests/exchange/receipts.h"

namespace tram::sim {
namespace {

using exchange::HopOutcome;
using exchange::HopResult;
using exchange::RecipientRow;

using testing::Contains;
using testing::HasSubstr;

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
  const auto earlier = bundle_of("G09", {record(), record(EvidenceEvent::content_consignment)});
  EXPECT_EQ(relay(earlier).result, HopResult::accepted);
  EXPECT_EQ(line().state, RecipientState::handed_over);
  EXPECT_EQ(kept(), 2U);
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

// Each as the writers of records in this program make them, with the manifest or without.
TEST_F(Receipts, WhatNodesSayOfTheMessageHoldsHereAndOffline) {
  std::vector<EvidenceRecord> of_the_axis;
  for (const auto event : {EvidenceEvent::relay_acceptance, EvidenceEvent::relay_rejection,
                           EvidenceEvent::relay_failure, EvidenceEvent::operator_act}) {
    of_the_axis.push_back(full_record(event, "H01"));
    of_the_axis.push_back(full_record(event, "H01"));
    of_the_axis.back().manifest = {};
  }
  EXPECT_EQ(relay(bundle_of("H01", of_the_axis)).result, HopResult::accepted);
  EXPECT_EQ(relay(bundle_of("G09", {full_record(EvidenceEvent::content_consignment), full_record()})).result,
            HopResult::accepted);
  EXPECT_EQ(kept(), of_the_axis.size() + 2);
  EXPECT_EQ(line().state, RecipientState::handed_over);
  EXPECT_TRUE(h52.observer().refusals().empty());
  EXPECT_TRUE(refused_offline().empty());
}

TEST_F(Receipts, WhomAnOperatorHereForwardedItToIsARecipient) {
  EvidenceRecord rejection = record(EvidenceEvent::relay_rejection, "H01");
  ASSERT_EQ(relay(bundle_of("H01", {rejection})).result, HopResult::accepted);
  std::optional<Result<exchange::DeliveryAct>> forwarded;
  node().forward_delivery(h52.who("operator"), DeliveryId("H52.01/d/G09.02"), "G09.03", "wrong code",
                          [&](Result<exchange::DeliveryAct> done) { forwarded = std::move(done); });
  run();
  ASSERT_TRUE(forwarded);
  ASSERT_TRUE(*forwarded) << forwarded->error().text();
  EvidenceRecord handed_over = full_record();
  handed_over.recipients = codes({"G09.03"});
  const HopOutcome outcome = relay(bundle_of("G09", {handed_over}));
  EXPECT_EQ(outcome.result, HopResult::accepted) << outcome.error.text();
  EXPECT_EQ(line("G09.03").state, RecipientState::handed_over);
}

TEST_F(Receipts, WhatARelayAppendsToACheckpointIsNotKept) {
  const ReceiptBundle bundle = bundle_of("G09", {full_record()});
  ReceiptBundle longer = bundle;
  longer.checkpoint += kForeignSignature;
  EXPECT_EQ(relay(longer).result, HopResult::accepted);
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(note_of(bundle), bundle.checkpoint);
  EXPECT_TRUE(refused_offline().empty());
}

TEST_F(Receipts, MoreOfOneTreeIsKeptWhateverWasAppendedToItsCheckpoint) {
  const ReceiptBundle all =
      bundle_of("G09", {full_record(EvidenceEvent::content_consignment), full_record()});
  ReceiptBundle first = all;
  first.records.pop_back();
  ReceiptBundle second = all;
  second.records.erase(second.records.begin());
  second.checkpoint += kForeignSignature;
  EXPECT_EQ(relay(first).result, HopResult::accepted);
  EXPECT_EQ(relay(second).result, HopResult::accepted);
  EXPECT_EQ(kept(), 2U);
  EXPECT_EQ(note_of(all), all.checkpoint);
  EXPECT_TRUE(refused_offline().empty());
}

// Two logs of G09 by one key, of one entry each.
TEST_F(Receipts, ALogThatTellsTwoHistoriesIsNotBelieved) {
  const ReceiptBundle one = bundle_of("G09", {full_record(EvidenceEvent::content_consignment)});
  const ReceiptBundle other = bundle_of("G09", {full_record()});
  ASSERT_EQ(relay(one).result, HopResult::accepted);
  const HopOutcome outcome = relay(other);
  EXPECT_EQ(outcome.result, HopResult::refused);
  ASSERT_EQ(outcome.error.causes.size(), 1U);
  EXPECT_EQ(outcome.error.causes[0].reason, log::kLogForked);
  EXPECT_EQ(kept(), 1U);
  EXPECT_EQ(line().state, RecipientState::consigned);
  EXPECT_EQ(note_of(one), one.checkpoint);
  EXPECT_TRUE(refused_offline().empty());
  const auto told = node().alarms().list();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, AlarmKind::receipt_refused);
  for (const ReceiptBundle& bundle : {one, other}) {
    const std::string root = bundle.checkpoint.substr(bundle.origin.size() + 3, 44);
    EXPECT_THAT(told[0].detail, HasSubstr(root));
    EXPECT_THAT(h52.observer().refusals().back().error.message, HasSubstr(root));
  }
}

TEST_F(Receipts, WhatAFullDiskAnswersIsNoWordAboutTheLog) {
  const ReceiptBundle other = bundle_of("G09", {full_record()});
  ASSERT_EQ(relay(bundle_of("G09", {full_record(EvidenceEvent::content_consignment)})).result,
            HopResult::accepted);
  h52.fill_disk(true);
  EXPECT_EQ(relay(other).result, HopResult::retry);
  h52.fill_disk(false);
  const HopOutcome outcome = relay(other);
  EXPECT_EQ(outcome.result, HopResult::refused);
  ASSERT_EQ(outcome.error.causes.size(), 1U);
  EXPECT_EQ(outcome.error.causes[0].reason, log::kLogForked);
}

// What is of a message of H12's goes on to H12, which has to judge it.
TEST_F(Receipts, ALogThatTellsTwoHistoriesKeepsNothingFromGoingOnwards) {
  Draft hop = draft(world, "theirs", {"G09.02"});
  hop.header.submission.key.sender = code("H12.01");
  hop.seal = seal_of(code("H12.01"));
  know(hop.seal, "H12");
  ASSERT_EQ(relay(hop.sealed(), "H12").result, HopResult::accepted);
  EvidenceRecord theirs = record();
  theirs.message = hop.header.submission.key;
  ASSERT_EQ(relay(bundle_of("G09", {record(EvidenceEvent::content_consignment), theirs})).result,
            HopResult::accepted);
  const auto onwards = [&] {
    std::vector<Bytes> out;
    for (const auto& [row, item] : h52.tables().outgoing) {
      if (item.link != "laichau" || item.bundle.empty()) continue;
      for (const ProvenRecord& proof : codec::read_bundle(item.bundle).value().records)
        out.push_back(proof.record);
    }
    return out;
  };
  const std::size_t before = onwards().size();
  EvidenceRecord later = theirs;
  later.time += std::chrono::seconds(1);
  const HopOutcome outcome = relay(bundle_of("G09", {record(), later}));
  EXPECT_EQ(outcome.result, HopResult::accepted) << outcome.error.text();
  EXPECT_EQ(onwards().size(), before + 1);
  EXPECT_THAT(onwards(), Contains(codec::write_record(later)));
  EXPECT_EQ(kept(), 1U);
  ASSERT_FALSE(h52.observer().refusals().empty());
  EXPECT_EQ(h52.observer().refusals().back().error.reason, log::kLogForked);
}

}  // namespace
}  // namespace tram::sim
