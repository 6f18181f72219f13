// Receipts: only proven records of known logs, from where the recipient lies, about this very header.
#include "tests/exchange/receipts.h"

namespace tram::sim {
namespace {

using exchange::HopResult;

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

}  // namespace
}  // namespace tram::sim
