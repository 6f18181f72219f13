#include "codec/message_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "codec/header_json.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

v1::Fields good_fields() { return to_proto(samples::dispatch().submission); }

TEST(Fields, ComeBackAsWritten) {
  for (const Header& header : {samples::dispatch(), samples::least(), samples::status()}) {
    v1::Fields sent;
    ASSERT_TRUE(sent.ParseFromString(to_proto(header.submission).SerializeAsString()));
    const auto read = from_proto(sent);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, header.submission);
  }
}

TEST(Fields, CodesOfTheOldFormAndNamesNotComposedAreNormalised) {
  v1::Fields fields = good_fields();
  fields.mutable_key()->set_sender("000.00.01.H52");
  fields.set_recipients(0, "000.00.02.G09");
  fields.mutable_references(0)->set_sender("000.00.01.H52");
  fields.mutable_attachments(0)->set_name("Co\u0302ng va\u0306n 125.signed.pdf");
  const auto read = from_proto(fields);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, samples::dispatch().submission);
}

TEST(Fields, TheLongestNameIsComposedBeforeItIsMeasured) {
  v1::Fields fields = good_fields();
  fields.mutable_attachments(0)->set_name(samples::repeated("e\u0323\u0302", 200));
  const auto read = from_proto(fields);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->attachments[0].name, samples::repeated("ệ", 200));
}

// Sorting its marks by exchanging neighbours, as utf8proc_map() does, would take many minutes.
const std::string kNameOf2MiB = samples::unsorted_marks(1 << 19);

testing::Matcher<const std::vector<Error>&> only_refused(const std::string& field) {
  return testing::ElementsAre(testing::AllOf(testing::Field(&Error::field, field),
                                             testing::Field(&Error::reason, "ATTACHMENT_NAME")));
}

TEST(Fields, ANameOf2MiBOfMarksIsRefusedAtOnce) {
  v1::Fields fields = good_fields();
  fields.mutable_attachments(1)->set_name(kNameOf2MiB);
  const auto read = from_proto(fields);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().causes, only_refused("attachments[1].name"));
}

TEST(Fields, Status14IsReadAs15) {
  v1::Fields fields = to_proto(samples::status().submission);
  fields.mutable_status()->set_code(14);
  EXPECT_EQ(from_proto(fields).value().status->code, StatusCode::recall_agreed);
}

struct Refusal {
  const char* why;
  std::function<void(v1::Fields&)> change;
  std::string field;
  std::string reason;
};

const std::vector<Refusal> kRefusals{
    {"nothing given", [](v1::Fields& f) { f.Clear(); }, "sender", "FIELD_EMPTY"},
    {"no kind", [](v1::Fields& f) { f.clear_kind(); }, "kind", "KIND_MISMATCH"},
    {"a kind of later versions", [](v1::Fields& f) { f.set_kind(static_cast<v1::MessageKind>(9)); }, "kind",
     "KIND_MISMATCH"},
    {"a priority beyond 4", [](v1::Fields& f) { f.set_priority(static_cast<v1::Priority>(5)); }, "priority",
     "NUMBER_RANGE"},
    {"a negative business kind",
     [](v1::Fields& f) { f.mutable_dispatch()->set_business(static_cast<v1::BusinessKind>(-1)); }, "business",
     "NUMBER_RANGE"},
    {"steering beyond 3", [](v1::Fields& f) { f.mutable_dispatch()->set_steering(4'000'000'000U); },
     "steering", "NUMBER_RANGE"},
    {"a malformed sender", [](v1::Fields& f) { f.mutable_key()->set_sender("h52"); }, "sender",
     "AGENCY_CODE_MALFORMED"},
    {"an empty recipient", [](v1::Fields& f) { f.set_recipients(1, ""); }, "recipients[1]", "FIELD_EMPTY"},
    {"one recipient by both its codes", [](v1::Fields& f) { f.set_recipients(1, "000.00.02.G09"); },
     "recipients[1]", "RECIPIENT_DUPLICATE"},
    {"too many recipients",
     [](v1::Fields& f) {
       for (int i = 0; i < 1000; ++i) f.add_recipients("H52");
     },
     "recipients", "TOO_MANY"},
    {"a secret document", [](v1::Fields& f) { f.set_secrecy("Tuyệt mật"); }, "secrecy", "SECRET_DOCUMENT"},
    {"a date that does not exist", [](v1::Fields& f) { f.mutable_dispatch()->set_due_date("2026-02-30"); },
     "due_date", "DATE_MALFORMED"},
    {"a date of another form",
     [](v1::Fields& f) { f.mutable_dispatch()->mutable_promulgation()->set_date("2026/11/24"); },
     "promulgation.date", "DATE_MALFORMED"},
    {"an hour that is none", [](v1::Fields& f) { f.mutable_dispatch()->set_deliver_by("18:00"); },
     "deliver_by", "TIME_MALFORMED"},
    {"a malformed code in what is answered",
     [](v1::Fields& f) { f.mutable_dispatch()->mutable_response_for(0)->set_agency("?"); },
     "response_for[0].agency", "AGENCY_CODE_MALFORMED"},
    {"too many places",
     [](v1::Fields& f) {
       for (int i = 0; i < 100; ++i) f.mutable_dispatch()->add_to_places("x");
     },
     "to_places", "TOO_MANY"},
    {"a reference without id", [](v1::Fields& f) { f.mutable_references(0)->clear_id(); }, "references[0]",
     "REFERENCE_MALFORMED"},
    {"a digest of 31 bytes",
     [](v1::Fields& f) { f.mutable_attachments(0)->set_sha256(std::string(31, 'x')); },
     "attachments[0].sha256", "DIGEST_MALFORMED"},
    {"two names alike but for case and composition",
     [](v1::Fields& f) { f.mutable_attachments(1)->set_name("CO\u0302NG VA\u0306N 125.SIGNED.PDF"); },
     "attachments[1].name", "ATTACHMENT_NAME_DUPLICATE"},
    {"a media type that XML cannot hold",
     [](v1::Fields& f) { f.mutable_attachments(1)->set_media_type("application/pdf\uffff"); },
     "attachments[1].media_type", "MEDIA_TYPE"},
    {"fields of a status besides", [](v1::Fields& f) { f.mutable_status()->set_code(1); }, "kind",
     "KIND_MISMATCH"},
};

class FieldsRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(FieldsRefusal, NamesFieldAndReason) {
  v1::Fields fields = good_fields();
  GetParam().change(fields);
  const auto read = from_proto(fields);
  ASSERT_FALSE(read) << GetParam().why;
  EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(read.error().causes,
              testing::Contains(testing::AllOf(testing::Field(&Error::field, GetParam().field),
                                               testing::Field(&Error::reason, GetParam().reason))))
      << GetParam().why << ": " << read.error().text();
}

INSTANTIATE_TEST_SUITE_P(, FieldsRefusal, testing::ValuesIn(kRefusals),
                         [](const auto& test) { return samples::test_name(test.param.why); });

TEST(Fields, AStatusUnknownHereIsRefused) {
  v1::Fields fields = to_proto(samples::status().submission);
  fields.mutable_status()->set_code(7);
  const auto read = from_proto(fields);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "STATUS_CODE_UNKNOWN");
}

TEST(Fields, WhoseHeaderWouldBeTooLongAreRefused) {
  v1::Fields fields = good_fields();
  std::string text;
  for (std::size_t i = 0; i < MessageLimits::kShortText; ++i) text += "ễ";
  fields.mutable_dispatch()->clear_response_for();
  for (std::size_t i = 0; i < 100; ++i) {
    v1::ResponseFor& earlier = *fields.mutable_dispatch()->add_response_for();
    earlier.set_id(text);
    earlier.mutable_code()->set_number(text);
    earlier.mutable_code()->set_notation(text);
    fields.mutable_dispatch()->add_reference_codes(i == 0 ? text : "x");
  }
  fields.mutable_dispatch()->mutable_reference_codes()->RemoveLast();
  fields.mutable_dispatch()->mutable_to_places()->Clear();
  for (std::size_t i = 0; i < 90; ++i) fields.add_attachments()->CopyFrom(fields.attachments(0));
  for (int i = 0; i < fields.attachments_size(); ++i)
    fields.mutable_attachments(i)->set_name(std::to_string(i) + text.substr(0, 190 * 3));
  const auto read = from_proto(fields);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "HEADER_TOO_LARGE") << read.error().text();
}

TEST(Key, IsReadInBothForms) {
  v1::MessageKey key;
  key.set_sender("000.00.01.H52");
  key.set_id("1");
  EXPECT_EQ(from_proto(key).value(), (MessageKey{samples::code("H52.01"), MessageId("1")}));
  EXPECT_EQ(to_proto(from_proto(key).value()).sender(), "H52.01");
}

TEST(Key, WithoutSenderOrIdIsRefusedForBoth) {
  const auto read = from_proto(v1::MessageKey());
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().causes, testing::ElementsAre(testing::Field(&Error::field, "sender"),
                                                        testing::Field(&Error::field, "id")));
}

TEST(AttachmentInfo, ComesBackAndIsChecked) {
  const Attachment file = samples::dispatch().submission.attachments[0];
  EXPECT_EQ(from_proto(to_proto(file)).value(), file);
  v1::AttachmentInfo info = to_proto(file);
  info.set_name("a/b");
  info.set_sha256("short");
  const auto read = from_proto(info);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().causes.size(), 2U);
}

TEST(AttachmentInfo, WithANameOf2MiBOfMarksIsRefusedAtOnce) {
  v1::AttachmentInfo info = to_proto(samples::dispatch().submission.attachments[0]);
  info.set_name(kNameOf2MiB);
  const auto read = from_proto(info);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().causes, only_refused("name"));
}

TEST(Codes, OfAListAreBoundedAndNotEmpty) {
  google::protobuf::RepeatedPtrField<std::string> codes;
  *codes.Add() = "H52.05";
  *codes.Add() = "000.00.02.G09";
  EXPECT_THAT(codes_from_proto(codes, "trace", 2).value(),
              testing::ElementsAre(samples::code("H52.05"), samples::code("G09.02")));
  EXPECT_EQ(codes_from_proto(codes, "trace", 1).error().causes.at(0).field, "trace");
  *codes.Add() = "";
  EXPECT_EQ(codes_from_proto(codes, "trace", 9).error().causes.at(0).field, "trace[2]");
}

TEST(DigestField, HasThirtyTwoBytes) {
  EXPECT_EQ(digest_from_proto(Sha256::of("x").bytes(), "d").value(), Sha256::of("x"));
  EXPECT_EQ(digest_from_proto("x", "d").error().field, "d");
}

}  // namespace
}  // namespace tram::codec
