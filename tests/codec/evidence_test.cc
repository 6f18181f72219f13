#include <gtest/gtest.h>

#include "codec/evidence_json.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

const std::string kHeaderDigest = Sha256::of("header").hex();

EvidenceRecord full_record() {
  EvidenceRecord out;
  out.event = EvidenceEvent::relay_rejection;
  out.time = from_rfc3339("2026-11-24T18:20:11.000001Z").value();
  out.node = samples::code("G09");
  out.message = samples::dispatch().submission.key;
  out.recipients = {samples::code("G09.02"), samples::code("G09.03")};
  out.header = Sha256::of("header");
  out.manifest = Sha256::of("manifest");
  out.signer = Sha256::of("signer");
  out.signed_by = SignedBy::seal;
  out.verdict = "good; revocation not checked";
  out.peer = "truc";
  out.reason = "RECIPIENT_UNKNOWN";
  out.detail = "G09.03 không có ở đây";
  return out;
}

EvidenceRecord least_record() {
  EvidenceRecord out;
  out.event = EvidenceEvent::operator_act;
  out.node = samples::code("H52");
  return out;
}

TEST(Evidence, HasOneSpelling) {
  EXPECT_EQ(
      write_record(full_record()),
      "{\"version\":1,\"event\":\"RelayRejection\",\"time\":\"2026-11-24T18:20:11.000001Z\",\"node\":\"G09\","
      "\"message\":{\"sender\":\"H52.01\",\"id\":\"0193567c-8e4b-7c3a-9b1e-2f6d5a4c3b2a\"},"
      "\"recipients\":[\"G09.02\",\"G09.03\"],\"header\":\"" +
          Sha256::of("header").hex() + "\",\"manifest\":\"" + Sha256::of("manifest").hex() +
          "\",\"signer\":\"" + Sha256::of("signer").hex() +
          "\",\"signed_by\":\"seal\",\"verdict\":\"good; revocation not checked\",\"peer\":\"truc\","
          "\"reason\":\"RECIPIENT_UNKNOWN\",\"detail\":\"G09.03 không có ở đây\"}");
}

TEST(Evidence, ComesBackAsWritten) {
  for (const EvidenceRecord& record : {full_record(), least_record()}) {
    const auto read = read_record(write_record(record));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, record);
  }
}

TEST(Evidence, OfEveryEventComesBack) {
  for (int number = 1; number <= 12; ++number) {
    EvidenceRecord record = least_record();
    record.event = static_cast<EvidenceEvent>(number);
    EXPECT_EQ(read_record(write_record(record)).value(), record);
  }
}

TEST(Evidence, OfTheMostRecipientsAndTheLongestTextsFitsALogEntry) {
  EvidenceRecord record = full_record();
  record.recipients.assign(kMaxRecordRecipients, samples::code("H52.ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE"));
  record.verdict = record.peer = record.reason = record.detail = std::string(100'000, '"');
  const Bytes bytes = write_record(record);
  EXPECT_LE(bytes.size(), kMaxRecordBytes);
  const auto read = read_record(bytes);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->recipients, record.recipients);
  EXPECT_EQ(read->detail, std::string(kMaxRecordText, '"'));
}

TEST(Evidence, OfMoreRecipientsIsADefect) {
  EvidenceRecord record = full_record();
  record.recipients.assign(kMaxRecordRecipients + 1, samples::code("H52"));
  EXPECT_THROW(static_cast<void>(write_record(record)), std::length_error);
}

TEST(Evidence, TextsAreMadeSafe) {
  EvidenceRecord record = least_record();
  record.detail = "a\nb\xff";
  EXPECT_EQ(read_record(write_record(record)).value().detail, "a b\ufffd");
}

TEST(Evidence, OfARejectedSubmissionWithoutAKeyHasNoMessage) {
  EvidenceRecord record = least_record();
  record.event = EvidenceEvent::submission_rejection;
  record.message = MessageKey{samples::code("H52.01"), MessageId("../etc")};
  EXPECT_EQ(read_record(write_record(record)).value().message, std::nullopt);
  record.message = MessageKey{{}, MessageId("1")};
  EXPECT_EQ(read_record(write_record(record)).value().message, std::nullopt);
}

struct Refusal {
  const char* why;
  const char* from;
  const char* to;
  const char* field;
};

TEST(Evidence, OfAnotherFormIsRefused) {
  const std::vector<Refusal> refusals{
      {"another version", "\"version\":1", "\"version\":2", "version"},
      {"an event unknown here", "RelayRejection", "Relayrejection", "event"},
      {"no time", "\"time\"", "\"x\"", "time"},
      {"no node", "\"node\"", "\"x\"", "node"},
      {"the old form of a code", "\"G09.03\"", "\"000.00.03.G09\"", "recipients[1]"},
      {"a message without its sender", "\"sender\"", "\"x\"", "message.sender"},
      {"a message id that cannot be one", "0193567c-", "../", "message.id"},
      {"a digest that is none", kHeaderDigest.c_str(), "00", "header"},
      {"a signer of no known sort", "\"seal\"", "\"wax\"", "signed_by"},
      {"not JSON", "{\"version\"", "\"version\"", ""},
      {"a name twice", "\"peer\"", "\"reason\"", ""},
  };
  for (const Refusal& refusal : refusals) {
    const auto read = read_record(samples::replaced(write_record(full_record()), refusal.from, refusal.to));
    ASSERT_FALSE(read) << refusal.why;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(read.error().causes.at(0).field, refusal.field) << refusal.why;
  }
  EXPECT_FALSE(read_record("[]"));
  EXPECT_FALSE(read_record(""));
}

}  // namespace
}  // namespace tram::codec
