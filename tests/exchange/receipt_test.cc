// Receipts: only proven records of known logs, from where the recipient lies, about this very header.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "codec/bundle.h"
#include "codec/evidence_json.h"
#include "evidence/manifest.h"
#include "evidence/receipt_check.h"
#include "log/checkpoint.h"
#include "log/tlog_proof.h"
#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::RecipientRow;

using exchange::HopOutcome;
using exchange::HopResult;

using testing::Contains;
using testing::HasSubstr;

// Any key may have made this line: nobody can tell.
constexpr const char* kForeignSignature = "\u2014 x/y AAAAAAAA\n";

// As an auditor checks what was exported, years later.
std::vector<Error> refused_offline(SimNode& node, const exchange::Identity& who, const MessageKey& key) {
  const auto parts = node.node().evidence(who, key).value();
  const Digest manifest =
      Sha256::of(evidence::derive_manifest(parts.message.header_digest, parts.header.submission.attachments));
  const evidence::ReceiptSubject subject{&parts.header, parts.message.header_digest, manifest,
                                         parts.message.certificate};
  std::vector<Error> causes;
  for (const ReceiptBundle& bundle : parts.receipts) {
    for (const ProvenRecord& proof : bundle.records) {
      const EvidenceEvent event = codec::read_record(proof.record).value().event;
      const evidence::ReceiptFiles files{
          {1, event, false},
          "record",
          "proof",
          proof.record,
          log::format_tlog_proof({{}, proof.index, proof.path, bundle.checkpoint})};
      const auto report = evidence::check_receipt(files, subject, {parts.log_keys, {}}, causes);
      EXPECT_EQ(report.state == CheckState::good, causes.empty()) << name(event);
    }
  }
  return causes;
}

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
  // Of all that other nodes' records may say of the message, all of it.
  EvidenceRecord full_record(EvidenceEvent event = EvidenceEvent::content_handover,
                             const std::string& by = "G09") {
    EvidenceRecord out = record(event, by);
    out.manifest = Sha256::of(evidence::derive_manifest(header, {}));
    out.signer = seal_of(code("H52.01")).sha256();
    return out;
  }
  std::vector<Error> refused_offline() { return sim::refused_offline(h52, agency(), key); }
  std::optional<Bytes> note_of(const ReceiptBundle& bundle) {
    return h52.messages().checkpoint(bundle.origin, bundle.records.size());
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
  const auto earlier = bundle_of("G09", {record(), record(EvidenceEvent::content_consignment)});
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

TEST_F(Receipts, ForAnotherManifest) {
  EvidenceRecord other = full_record();
  other.manifest = Sha256::of("another");
  expect_refused(bundle_of("G09", {other}), "RECEIPT_OF_OTHER_CONTENT");
}

TEST_F(Receipts, OfAnotherSigner) {
  EvidenceRecord other = full_record();
  other.signer = Sha256::of("another");
  expect_refused(bundle_of("G09", {other}), "RECEIPT_OF_OTHER_SIGNER");
}

TEST_F(Receipts, ForAnAgencyThatIsNoRecipient) {
  EvidenceRecord other = full_record();
  other.recipients = codes({"G09.02", "G09.03"});
  expect_refused(bundle_of("G09", {other}), "RECEIPT_FOR_NO_RECIPIENT");
}

// Another node's word does not address a message of ours.
TEST_F(Receipts, ForAnAgencyThatAnotherNodeSaysItWasForwardedTo) {
  EvidenceRecord act = full_record(EvidenceEvent::operator_act, "H01");
  act.recipients = codes({"G09.03"});
  act.reason = "DELIVERY_FORWARDED";
  EvidenceRecord handed_over = full_record();
  handed_over.recipients = codes({"G09.03"});
  expect_refused(bundle_of("H01", {act}), "RECEIPT_FOR_NO_RECIPIENT");
  expect_refused(bundle_of("G09", {handed_over}), "RECEIPT_FOR_NO_RECIPIENT");
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

// The records are those that real nodes write.
class RealReceipts : public ThreeNodes, public testing::Test {
 protected:
  RealReceipts() {
    RegistryEntry entry;
    entry.certificate = Sha256::of("operator");
    entry.agency = code("H52");
    entry.system = "operations";
    entry.roles.add(Role::operator_);
    for (SimNode* node : nodes()) node->register_entry(entry);
  }
  MessageKey send(const std::string& id, const std::vector<std::string>& recipients) {
    const Submission fields = dispatch("H52.01", id, recipients);
    sender.send(request(fields));
    EXPECT_TRUE(settle());
    return fields.key;
  }
  void forward(const std::string& id, const std::string& to) {
    std::optional<Result<exchange::DeliveryAct>> answer;
    sonla.node().forward_delivery(sonla.node().identify(Sha256::of("operator")).value(), DeliveryId(id), to,
                                  "wrong code",
                                  [&](Result<exchange::DeliveryAct> done) { answer = std::move(done); });
    EXPECT_TRUE(world.run_until([&] { return answer.has_value(); }, std::chrono::seconds(5)));
    EXPECT_TRUE(answer && *answer);
    EXPECT_TRUE(settle());
  }
  // Event and node, each as often as there is a receipt.
  std::multiset<std::pair<std::string, std::string>> kept(const MessageKey& key) {
    std::multiset<std::pair<std::string, std::string>> out;
    for (const auto& receipt : sonla.messages().receipts_of(sonla.messages().find(key)->row))
      out.emplace(name(receipt.event), receipt.node.text());
    return out;
  }
  void expect_none_refused(const MessageKey& key) {
    for (SimNode* node : nodes()) {
      for (const Refusal& refusal : node->observer().refusals())
        EXPECT_FALSE(refusal.where.starts_with("receipts")) << refusal.where << refusal.error.text();
    }
    EXPECT_TRUE(refused_offline(sonla, sender.who(), key).empty());
  }
};

TEST_F(RealReceipts, OfADocumentThatIsHandedOverRefusedAndForwardedAllHold) {
  SimAgency right(noivu, "G09.03");
  start();
  const MessageKey key = send("d", {"G09.02", "G09.99"});
  EXPECT_THAT(kept(key), testing::UnorderedElementsAre(
                             std::pair("RelayAcceptance", "H01"), std::pair("RelayRejection", "G09"),
                             std::pair("ContentConsignment", "G09"), std::pair("ContentHandover", "G09")));
  forward("H52.01/d/G09.99", "G09.03");
  EXPECT_THAT(kept(key), testing::IsSupersetOf(
                             {std::pair("ContentHandover", "G09"), std::pair("ContentHandover", "G09")}));
  expect_none_refused(key);
}

TEST_F(RealReceipts, OfADocumentThatTheNextNodeRefusesHold) {
  start();
  const MessageKey key = send("d", {"G09.99"});
  EXPECT_TRUE(kept(key).contains({"RelayRejection", "H01"}));
  expect_none_refused(key);
}

TEST_F(RealReceipts, OfADocumentThatTheNextNodeNeverTakesHold) {
  truc.settings().patience = std::chrono::hours(1);
  start();
  world.run_for(std::chrono::seconds(1));
  network.cut(code("G09"), code("H01"));
  const Submission fields = dispatch("H52.01", "d", {"G09.02"});
  sender.send(request(fields));
  world.run_for(std::chrono::hours(2));
  EXPECT_TRUE(kept(fields.key).contains({"RelayFailure", "H01"}));
  expect_none_refused(fields.key);
}

// What comes with a late message, so that it is judged at the time of its acceptance.
class AcceptanceProofs : public OneNode, public testing::Test {
 protected:
  AcceptanceProofs() {
    know(seal_of(code("G09.02")));
    hop = draft(world, "d", {"H52.05"}).sealed();
    record.event = EvidenceEvent::submission_acceptance;
    record.time = world.now();
    record.node = code("G09");
    record.message = MessageKey{code("G09.02"), MessageId("d")};
    record.header = Sha256::of(hop.header);
    record.signer = hop.certificate;
    record.recipients = codes({"H52.05"});
  }
  // The note that is kept of it.
  std::optional<Bytes> arrive(const std::string& appended = "") {
    bundle = bundle_of("G09", {record});
    hop.acceptance =
        exchange::ProvenAcceptance{bundle.origin, bundle.checkpoint + appended, bundle.records.front()};
    EXPECT_EQ(relay(std::move(hop)).result, HopResult::accepted);
    return h52.messages().checkpoint(bundle.origin, 1);
  }

  exchange::HopMessage hop;
  EvidenceRecord record;
  ReceiptBundle bundle;
};

TEST_F(AcceptanceProofs, AreKeptWithoutWhatARelayAppends) {
  const auto kept = arrive(kForeignSignature);
  EXPECT_EQ(kept, bundle.checkpoint);
}

TEST_F(AcceptanceProofs, OfAnotherSignerAreNotKept) {
  record.signer = Sha256::of("another");
  EXPECT_FALSE(arrive());
}

TEST_F(AcceptanceProofs, ForAnotherManifestAreNotKept) {
  record.manifest = Sha256::of("another");
  EXPECT_FALSE(arrive());
}

TEST_F(AcceptanceProofs, ForNoRecipientAreNotKept) {
  record.recipients = codes({"H52.01"});
  EXPECT_FALSE(arrive());
}

}  // namespace
}  // namespace tram::sim
