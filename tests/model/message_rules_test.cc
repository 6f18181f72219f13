#include "model/message_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tram {
namespace {

AgencyCode code(std::string_view text) { return AgencyCode::parse(text).value(); }

std::string characters(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += "ệ";  // three bytes
  return out;
}

Submission good_dispatch() {
  Submission s;
  s.key = {code("H52.01"), MessageId("0193567c-8e4b-7c3a-9b1e-2f6d5a4c3b2a")};
  s.recipients = {code("G09.02"), code("H52.05")};
  s.dispatch.emplace();
  s.dispatch->code = {"125", "UBND-NC"};
  s.dispatch->type = {18, "Công văn"};
  s.dispatch->subject = "V/v báo cáo";
  s.attachments = {{"125.pdf", "application/pdf", 10, Sha256::of("x")}};
  return s;
}

Submission good_status() {
  Submission s;
  s.key = {code("G09.02"), MessageId("s1")};
  s.recipients = {code("H52.01")};
  s.kind = MessageKind::status;
  s.references = {{code("H52.01"), MessageId("1")}};
  s.status.emplace();
  return s;
}

TEST(MessageRules, PassWhatIsWellFormed) {
  EXPECT_THAT(check(good_dispatch(), {}), testing::IsEmpty());
  EXPECT_THAT(check(good_status(), {}), testing::IsEmpty());
}

TEST(MessageRules, PassTheLongestTextsCountedInCharacters) {
  Submission s = good_dispatch();
  s.dispatch->subject = s.dispatch->content = characters(500);
  s.dispatch->promulgation.place = characters(150);
  s.dispatch->signer.full_name = characters(255);
  s.attachments[0].name = characters(200);
  EXPECT_THAT(check(s, {}), testing::IsEmpty());
}

TEST(MessageRules, PassRecallUpdateAndReplacementOfOnesOwn) {
  Submission s = good_dispatch();
  s.references = {{code("H52.01"), MessageId("earlier")}};
  for (const auto kind : {BusinessKind::recall, BusinessKind::update, BusinessKind::replace}) {
    s.dispatch->business = kind;
    EXPECT_THAT(check(s, {}), testing::IsEmpty());
  }
}

struct Refusal {
  const char* why;
  std::function<void(Submission&)> change;
  const char* field;
  const char* reason;
};

void expect_refused(const Submission& good, const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    Submission s = good;
    refusal.change(s);
    const auto errors = check(s, {});
    EXPECT_THAT(errors, testing::ElementsAre(
                            testing::AllOf(testing::Field(&Error::field, refusal.field),
                                           testing::Field(&Error::reason, refusal.reason),
                                           testing::Field(&Error::code, ErrorCode::invalid_argument))))
        << refusal.why;
  }
}

TEST(MessageRules, RefuseADispatchOfAnotherForm) {
  expect_refused(
      good_dispatch(),
      {
          {"no id", [](auto& s) { s.key.id = {}; }, "id", "MESSAGE_ID_MALFORMED"},
          {"no sender", [](auto& s) { s.key.sender = {}; }, "sender", "FIELD_EMPTY"},
          {"no recipient", [](auto& s) { s.recipients.clear(); }, "recipients", "FIELD_EMPTY"},
          {"an empty recipient", [](auto& s) { s.recipients[1] = {}; }, "recipients[1]", "FIELD_EMPTY"},
          {"a recipient twice", [](auto& s) { s.recipients[1] = s.recipients[0]; }, "recipients[1]",
           "RECIPIENT_DUPLICATE"},
          {"too many recipients", [](auto& s) { s.recipients.assign(1001, code("H52")); }, "recipients",
           "TOO_MANY"},
          {"a state secret", [](auto& s) { s.secrecy = "Mật"; }, "secrecy", "SECRET_DOCUMENT"},
          {"a status's fields besides", [](auto& s) { s.status.emplace(); }, "kind", "KIND_MISMATCH"},
          {"no fields", [](auto& s) { s.dispatch.reset(); }, "kind", "KIND_MISMATCH"},
          {"no number", [](auto& s) { s.dispatch->code.number.clear(); }, "code.number", "FIELD_EMPTY"},
          {"no notation", [](auto& s) { s.dispatch->code.notation.clear(); }, "code.notation", "FIELD_EMPTY"},
          {"no name of the type", [](auto& s) { s.dispatch->type.name.clear(); }, "type.name", "FIELD_EMPTY"},
          {"no subject", [](auto& s) { s.dispatch->subject.clear(); }, "subject", "FIELD_EMPTY"},
          {"a long subject", [](auto& s) { s.dispatch->subject = characters(501); }, "subject",
           "FIELD_TOO_LONG"},
          {"a long content", [](auto& s) { s.dispatch->content = characters(501); }, "content",
           "FIELD_TOO_LONG"},
          {"a long reason", [](auto& s) { s.dispatch->business_reason = characters(501); }, "business_reason",
           "FIELD_TOO_LONG"},
          {"a long place", [](auto& s) { s.dispatch->promulgation.place = characters(151); },
           "promulgation.place", "FIELD_TOO_LONG"},
          {"a long name of a signer", [](auto& s) { s.dispatch->signer.full_name = characters(256); },
           "signer.full_name", "FIELD_TOO_LONG"},
          {"a long position", [](auto& s) { s.dispatch->signer.position = characters(256); },
           "signer.position", "FIELD_TOO_LONG"},
          {"a long competence", [](auto& s) { s.dispatch->signer.competence = characters(256); },
           "signer.competence", "FIELD_TOO_LONG"},
          {"a long application type", [](auto& s) { s.dispatch->application_type = characters(256); },
           "application_type", "FIELD_TOO_LONG"},
          {"not UTF-8", [](auto& s) { s.dispatch->subject = "\xff"; }, "subject", "TEXT_MALFORMED"},
          {"a control character", [](auto& s) { s.dispatch->subject = "a\x1b[2J"; }, "subject",
           "TEXT_MALFORMED"},
          {"an empty place to send to",
           [](auto& s) {
             s.dispatch->to_places = {"a", ""};
           },
           "to_places[1]", "FIELD_EMPTY"},
          {"a long place to send to", [](auto& s) { s.dispatch->to_places = {characters(151)}; },
           "to_places[0]", "FIELD_TOO_LONG"},
          {"too many places", [](auto& s) { s.dispatch->to_places.assign(101, "a"); }, "to_places",
           "TOO_MANY"},
          {"too many dossiers", [](auto& s) { s.dispatch->reference_codes.assign(101, "a"); },
           "reference_codes", "TOO_MANY"},
          {"too many documents answered", [](auto& s) { s.dispatch->response_for.resize(101); },
           "response_for", "TOO_MANY"},
          {"a long id of an answered document",
           [](auto& s) {
             s.dispatch->response_for = {{{}, characters(256), {}, {}}};
           },
           "response_for[0].id", "FIELD_TOO_LONG"},
          {"a recall of nothing", [](auto& s) { s.dispatch->business = BusinessKind::recall; }, "references",
           "REFERENCE_MISSING"},
          {"a recall of another's document",
           [](auto& s) {
             s.dispatch->business = BusinessKind::recall;
             s.references = {{code("H52.02"), MessageId("1")}};
           },
           "references", "REFERENCE_FOREIGN"},
          {"a reference without sender",
           [](auto& s) {
             s.references = {{{}, MessageId("1")}};
           },
           "references[0]", "REFERENCE_MALFORMED"},
          {"a reference without id",
           [](auto& s) {
             s.references = {{code("H52.01"), {}}};
           },
           "references[0]", "REFERENCE_MALFORMED"},
          {"a reference to itself", [](auto& s) { s.references = {s.key}; }, "references[0]",
           "REFERENCE_TO_ITSELF"},
          {"too many references",
           [](auto& s) {
             s.references.assign(101, {code("H52.01"), MessageId("1")});
           },
           "references", "TOO_MANY"},
          {"hỏa tốc hẹn giờ without its hour", [](auto& s) { s.priority = Priority::express_at_hour; },
           "deliver_by", "HOUR_MISMATCH"},
          {"an hour of another priority", [](auto& s) { s.dispatch->deliver_by = from_micros(0); },
           "deliver_by", "HOUR_MISMATCH"},
          {"a long department", [](auto& s) { s.staff.department = characters(256); }, "staff.department",
           "FIELD_TOO_LONG"},
          {"a long name", [](auto& s) { s.staff.staff = characters(256); }, "staff.staff", "FIELD_TOO_LONG"},
          {"a long address", [](auto& s) { s.staff.email = characters(256); }, "staff.email",
           "FIELD_TOO_LONG"},
          {"a long number", [](auto& s) { s.staff.mobile = characters(256); }, "staff.mobile",
           "FIELD_TOO_LONG"},
          {"too many attachments", [](auto& s) { s.attachments.resize(101); }, "attachments", "TOO_MANY"},
          {"a name that is a path", [](auto& s) { s.attachments[0].name = "../125.pdf"; },
           "attachments[0].name", "ATTACHMENT_NAME"},
          {"no media type", [](auto& s) { s.attachments[0].media_type.clear(); }, "attachments[0].media_type",
           "FIELD_EMPTY"},
          {"a media type with markup", [](auto& s) { s.attachments[0].media_type = "a<b"; },
           "attachments[0].media_type", "MEDIA_TYPE"},
          {"a media type that XML cannot hold",
           [](auto& s) { s.attachments[0].media_type = "text/plain\uffff"; }, "attachments[0].media_type",
           "MEDIA_TYPE"},
          {"a long media type",
           [](auto& s) { s.attachments[0].media_type = "text/plain; charset=" + std::string(236, 'x'); },
           "attachments[0].media_type", "FIELD_TOO_LONG"},
          {"an attachment too large", [](auto& s) { s.attachments[0].size = (4ULL << 30) + 1; },
           "attachments[0].size", "ATTACHMENT_TOO_LARGE"},
      });
}

TEST(MessageRules, RefuseAStatusOfAnotherForm) {
  expect_refused(
      good_status(),
      {
          {"of nothing", [](auto& s) { s.references.clear(); }, "references", "REFERENCE_MISSING"},
          {"of two messages",
           [](auto& s) {
             s.references.push_back({code("H52.01"), MessageId("2")});
           },
           "references", "REFERENCE_MISSING"},
          {"to somebody else", [](auto& s) { s.recipients = {code("H52.02")}; }, "recipients",
           "STATUS_MISDIRECTED"},
          {"to somebody else besides", [](auto& s) { s.recipients.push_back(code("H52.02")); }, "recipients",
           "STATUS_MISDIRECTED"},
          {"with a file", [](auto& s) { s.attachments = good_dispatch().attachments; }, "attachments",
           "STATUS_WITH_CONTENT"},
          {"a long description", [](auto& s) { s.status->description = characters(501); },
           "status.description", "FIELD_TOO_LONG"},
          {"a dispatch's fields besides", [](auto& s) { s.dispatch.emplace(); }, "kind", "KIND_MISMATCH"},
      });
}

TEST(MessageRules, ReportAllCauses) {
  Submission s = good_dispatch();
  s.secrecy = "Mật";
  s.dispatch->subject.clear();
  s.recipients[1] = s.recipients[0];
  EXPECT_EQ(check(s, {}).size(), 3U);
}

TEST(MessageRules, KeepToTheNodesLowerLimits) {
  MessageLimits limits;
  limits.recipients = 1;
  limits.attachment_bytes = 9;
  EXPECT_THAT(check(good_dispatch(), limits),
              testing::ElementsAre(testing::Field(&Error::field, "recipients"),
                                   testing::Field(&Error::field, "attachments[0].size")));
}

TEST(MessageRules, LetAMessageThatIsKeptHaveAMediaTypeOfItsDay) {
  Submission s = good_dispatch();
  MessageLimits kept;
  kept.any_media_type = true;
  s.attachments[0].media_type = "pdf\uffff";
  EXPECT_THAT(check(s, kept), testing::IsEmpty());
  s.attachments[0].media_type = "a<b";
  EXPECT_THAT(check(s, kept), testing::ElementsAre(testing::Field(&Error::reason, "MEDIA_TYPE")));
}

TEST(MediaType, IsThatOfRfc6838WithParameters) {
  const std::string name(127, 'x');
  const std::vector<std::string> types{
      "application/pdf",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "image/svg+xml",
      "APPLICATION/X-7z_compressed",
      "a/0#$^",
      "text/plain; charset=utf-8",
      "text/plain;charset=utf-8 ;  format=flowed",
      "a/b;c='d%20`{|}~*'",
      name + "/" + name,
  };
  for (const std::string& type : types) EXPECT_TRUE(is_media_type(type)) << type;
}

TEST(MediaType, IsNothingElse) {
  const std::string name(127, 'x');
  const std::vector<std::string> others{
      "",
      "pdf",
      "/",
      "a/",
      "/b",
      "a/b/c",
      ".a/b",
      "a/.b",
      "3/!",
      "a b/c",
      "a/b c",
      " a/b",
      "a/b ",
      "a/b;",
      "a/b;c",
      "a/b;c=",
      "a/b;=d",
      "a/b;c=d;",
      "a/b;c =d",
      "a/b;c=\"d\"",
      "a/b,c/d",
      "*/*",
      "a/b\n",
      "a\tb/c",
      "a&b/c",
      "a/b;c=d&e",
      "a<b/c",
      "(a)/b",
      "á/b",
      "a/b\ufffe",
      "a/b;c=\uffff",
      "a/b\x7f",
      "a/b\xff",
      std::string("a/b\0", 4),
      "x" + name + "/b",
      "a/x" + name,
  };
  for (const std::string& other : others) EXPECT_FALSE(is_media_type(other)) << other;
}

TEST(MessageId, CanNameAFile) {
  for (const char* id : {"1", "a.b-c_D9", "0193567c-8e4b-7c3a-9b1e-2f6d5a4c3b2a"})
    EXPECT_TRUE(is_message_id(id)) << id;
  EXPECT_TRUE(is_message_id(std::string(64, 'x')));
  for (const char* id : {"", ".", "..", ".a", "a/b", "a b", "a\n", "á", "a:b", "a,b"})
    EXPECT_FALSE(is_message_id(id)) << id;
  EXPECT_FALSE(is_message_id(std::string(65, 'x')));
  EXPECT_FALSE(is_message_id(std::string_view("a\0", 2)));
}

TEST(AttachmentName, CanNameAFile) {
  for (const char* name : {"a", "Công văn 125.pdf", ".hidden", "a..b", "…"})
    EXPECT_TRUE(is_attachment_name(name)) << name;
  EXPECT_TRUE(is_attachment_name(characters(200)));
  for (const char* name : {"", ".", "..", "a/b", "a\\b", "C:", "a\nb", "a\x7f", "\xff"})
    EXPECT_FALSE(is_attachment_name(name)) << name;
  EXPECT_FALSE(is_attachment_name(characters(201)));
  EXPECT_FALSE(is_attachment_name(std::string_view("a\0b", 3)));
}

TEST(Utf8Length, CountsCodePoints) {
  EXPECT_EQ(utf8_length(""), 0U);
  EXPECT_EQ(utf8_length("việt"), 4U);
  EXPECT_EQ(utf8_length("📜"), 1U);
  EXPECT_EQ(utf8_length("\U0010ffff"), 1U);
}

TEST(Utf8Length, OfWhatIsNotUtf8IsNothing) {
  for (const char* text :
       {"\x80", "\xc3", "\xc3(", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe1\xbb"})
    EXPECT_EQ(utf8_length(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tram
