// Each refusal of the header's grammar: what is changed in a good header, and the cause it gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/causes.h"
#include "codec/header_json.h"
#include "codec/json_value.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

struct Refusal {
  const char* why;
  const char* file;
  std::string from;
  std::string to;
  std::string field;
  std::string reason;
};

const std::string kDigestA = Sha256::of("a").hex();

const std::vector<Refusal> kRefusals{
    {"a name twice at the top", "dispatch", "\"version\":1", "\"version\":1,\"version\":1", "",
     "JSON_NAME_DUPLICATE"},
    {"a name twice deep inside", "dispatch", "\"number\":\"125\"", "\"number\":\"125\",\"number\":\"126\"",
     "", "JSON_NAME_DUPLICATE"},
    {"a name twice, once escaped", "dispatch", "\"subject\":", "\"s\\u0075bject\":\"x\",\"subject\":", "",
     "JSON_NAME_DUPLICATE"},
    {"a name twice in a member that is ignored", "dispatch", "\"critical\"",
     "\"x\":[{\"a\":1,\"a\":2}],\"critical\"", "", "JSON_NAME_DUPLICATE"},
    {"bytes behind the end", "least", "\"agency\"}}", "\"agency\"}}{}", "", "JSON_MALFORMED"},
    {"an end too early", "least", "\"agency\"}}", "\"agency\"}", "", "JSON_MALFORMED"},
    {"a comment", "least", "{\"version\"", "/**/{\"version\"", "", "JSON_MALFORMED"},
    {"a comma before the end", "least", "\"critical\":[]", "\"critical\":[\"submitted\",]", "",
     "JSON_MALFORMED"},
    {"a byte order mark", "least", "{\"version\"", "\xef\xbb\xbf{\"version\"", "", "JSON_MALFORMED"},
    {"half a surrogate pair", "least", "Họp", "\\ud800", "", "JSON_MALFORMED"},
    {"a line break inside a text", "least", "Họp", "H\np", "", "JSON_MALFORMED"},
    {"not UTF-8", "least", "Họp", "H\xc3(", "", "TEXT_MALFORMED"},
    {"UTF-8 longer than it need be", "least", "Họp", "H\xc0\xaf", "", "TEXT_MALFORMED"},
    {"an array where the object is due", "least", "{\"version\":1", "[{\"version\":1", "", "JSON_MALFORMED"},
    {"17 levels in a member that is ignored", "least", "\"critical\"",
     "\"x\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]],\"critical\"", "", "JSON_MALFORMED"},
    {"another version", "least", "\"version\":1", "\"version\":2", "version", "HEADER_VERSION"},
    {"no version", "least", "\"version\":1,", "", "version", "FIELD_MISSING"},
    {"the version as text", "least", "\"version\":1", "\"version\":\"1\"", "version", "JSON_TYPE"},
    {"a critical part unknown here", "least", "\"critical\":[]", "\"critical\":[\"cipher\"]", "critical",
     "CRITICAL_UNKNOWN"},
    {"nothing submitted", "least", "\"submitted\":", "\"x\":", "submitted", "FIELD_MISSING"},
    {"no signer", "least", "\"signed\":", "\"x\":", "signed", "FIELD_MISSING"},
    {"null in place of a text", "least", "\"id\":\"1\"", "\"id\":null", "id", "JSON_TYPE"},
    {"a number in place of a text", "least", "\"id\":\"1\"", "\"id\":1", "id", "JSON_TYPE"},
    {"an id that cannot name a file", "least", "\"id\":\"1\"", "\"id\":\"../1\"", "id",
     "MESSAGE_ID_MALFORMED"},
    {"the old form of an agency code", "least", "\"G09.02\"", "\"000.00.02.G09\"", "recipients[0]",
     "AGENCY_CODE_MALFORMED"},
    {"a malformed agency code", "least", "\"H52.01\"", "\"H52..01\"", "sender", "AGENCY_CODE_MALFORMED"},
    {"no recipient", "least", "[\"G09.02\"]", "[]", "recipients", "FIELD_EMPTY"},
    {"a recipient twice", "least", "[\"G09.02\"]", "[\"G09.02\",\"G09.02\"]", "recipients[1]",
     "RECIPIENT_DUPLICATE"},
    {"recipients not in an array", "least", "[\"G09.02\"]", "\"G09.02\"", "recipients", "JSON_TYPE"},
    {"a kind unknown here", "least", "\"kind\":\"dispatch\"", "\"kind\":\"letter\"", "kind", "WORD_UNKNOWN"},
    {"a kind whose fields are others", "least", "\"kind\":\"dispatch\"", "\"kind\":\"status\"", "kind",
     "KIND_MISMATCH"},
    {"a priority beyond 4", "least", "\"priority\":0", "\"priority\":5", "priority", "NUMBER_RANGE"},
    {"a negative priority", "least", "\"priority\":0", "\"priority\":-1", "priority", "NUMBER_RANGE"},
    {"minus zero", "least", "\"priority\":0", "\"priority\":-0", "priority", "JSON_TYPE"},
    {"a secret document", "least", "\"priority\":0", "\"priority\":0,\"secrecy\":\"Mật\"", "secrecy",
     "SECRET_DOCUMENT"},
    {"no subject", "least", "\"subject\":\"Họp\"", "\"subject\":\"\"", "subject", "FIELD_EMPTY"},
    {"a control character in a text", "least", "Họp", "H\\u0000p", "subject", "TEXT_MALFORMED"},
    {"a business kind unknown here", "least", "\"business\":\"new\"", "\"business\":\"New\"", "business",
     "WORD_UNKNOWN"},
    {"an hour without hỏa tốc hẹn giờ", "dispatch", "\"priority\":4", "\"priority\":3", "deliver_by",
     "HOUR_MISMATCH"},
    {"a day that does not exist", "dispatch", "2026-12-31", "2026-11-31", "due_date", "DATE_MALFORMED"},
    {"a date of another form", "dispatch", "2026-12-31", "31/12/2026", "due_date", "DATE_MALFORMED"},
    {"an hour that is not in UTC", "dispatch", "18:20:11.123456Z\",\"resp", "18:20:11+07:00\",\"resp",
     "deliver_by", "TIME_MALFORMED"},
    {"steering beyond 3", "dispatch", "\"steering\":3", "\"steering\":4", "steering", "NUMBER_RANGE"},
    {"a number for true", "dispatch", "\"paper_follows\":true", "\"paper_follows\":1", "paper_follows",
     "JSON_TYPE"},
    {"an empty place", "dispatch", "\"Như trên\"", "\"\"", "to_places[0]", "FIELD_EMPTY"},
    {"a place that is no text", "dispatch", "\"Như trên\",", "[],", "to_places[0]", "JSON_TYPE"},
    {"a replacement of another agency's document", "dispatch", "\"references\":[{\"sender\":\"H52.01\"",
     "\"references\":[{\"sender\":\"H52.02\"", "references", "REFERENCE_FOREIGN"},
    {"a size with a fraction", "dispatch", "\"size\":334217", "\"size\":334217.0", "attachments[0].size",
     "JSON_TYPE"},
    {"a size with an exponent", "dispatch", "\"size\":334217", "\"size\":3e5", "attachments[0].size",
     "JSON_TYPE"},
    {"a size of 2^63", "dispatch", "\"size\":334217", "\"size\":9223372036854775808", "attachments[0].size",
     "JSON_TYPE"},
    {"a size beyond the limit", "dispatch", "\"size\":334217", "\"size\":9223372036854775807",
     "attachments[0].size", "ATTACHMENT_TOO_LARGE"},
    {"a digest in capitals", "dispatch", kDigestA.substr(0, 8), "CA978112", "attachments[0].sha256",
     "DIGEST_MALFORMED"},
    {"a short digest", "dispatch", kDigestA, kDigestA.substr(2), "attachments[0].sha256", "DIGEST_MALFORMED"},
    {"a name that is a path", "dispatch", "Công văn 125.signed.pdf", "../125.pdf", "attachments[0].name",
     "ATTACHMENT_NAME"},
    {"a name not in NFC", "dispatch", "Công văn 125.signed.pdf", "Co\u0302ng va\u0306n.pdf",
     "attachments[0].name", "ATTACHMENT_NAME"},
    {"a name that turns its end round", "dispatch", "Công văn 125.signed.pdf", "cv\u202efdp.exe",
     "attachments[0].name", "ATTACHMENT_NAME"},
    {"two names alike but for case", "dispatch", "Công văn 125.signed.pdf", "PHỤ LỤC & DANH SÁCH.XLSX",
     "attachments[1].name", "ATTACHMENT_NAME_DUPLICATE"},
    {"a media type that breaks a manifest", "dispatch", "application/pdf", "a\\\"b",
     "attachments[0].media_type", "MEDIA_TYPE"},
    {"a media type that XML cannot hold", "dispatch", "application/pdf", "application/pdf\uffff",
     "attachments[0].media_type", "MEDIA_TYPE"},
    {"a media type that XML cannot hold, escaped", "dispatch", "application/pdf", "application/pdf\\ufffe",
     "attachments[0].media_type", "MEDIA_TYPE"},
    {"an attachment that is no object", "dispatch", "\"attachments\":[", "\"attachments\":[[],",
     "attachments[0]", "JSON_TYPE"},
    {"a status unknown here", "status", "\"code\":3", "\"code\":7", "status.code", "STATUS_CODE_UNKNOWN"},
    {"a status for somebody else", "status", "\"recipients\":[\"H52.01\"]", "\"recipients\":[\"H52.02\"]",
     "recipients", "STATUS_MISDIRECTED"},
    {"a status of nothing", "status", "\"references\":[{", "\"x\":[{", "references", "REFERENCE_MISSING"},
    {"a signing time that is none", "least", "2026-01-01T00:00:00.000000Z", "2026-01-01", "signed.time",
     "TIME_MALFORMED"},
    {"a signer of no known sort", "least", "\"by\":\"agency\"", "\"by\":\"clerk\"", "signed.by",
     "WORD_UNKNOWN"},
    {"a seal without its node", "dispatch", ",\"node\":\"H52\"", "", "signed.node", "SIGNER_MISMATCH"},
    {"an agency that names a node", "least", "\"by\":\"agency\"", "\"by\":\"agency\",\"node\":\"H52\"",
     "signed.node", "SIGNER_MISMATCH"},
    {"a node that signs a dispatch", "dispatch", "\"by\":\"seal\"", "\"by\":\"node\"", "signed.by",
     "SIGNER_MISMATCH"},
    {"a node that signs status 03", "status", "\"by\":\"seal\"", "\"by\":\"node\"", "signed.by",
     "SIGNER_MISMATCH"},
};

class HeaderRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(HeaderRefusal, NamesFieldAndReason) {
  const Refusal& refusal = GetParam();
  const std::string good = samples::file("headers/" + std::string(refusal.file) + ".json");
  const auto read = read_header(samples::replaced(good, refusal.from, refusal.to));
  ASSERT_FALSE(read) << refusal.why;
  EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(read.error().causes,
              testing::Contains(testing::AllOf(testing::Field(&Error::field, refusal.field),
                                               testing::Field(&Error::reason, refusal.reason))))
      << refusal.why << ": " << read.error().text();
}

INSTANTIATE_TEST_SUITE_P(, HeaderRefusal, testing::ValuesIn(kRefusals),
                         [](const auto& test) { return samples::test_name(test.param.why); });

TEST(HeaderBounds, OneByteTooManyIsRefused) {
  std::string json = samples::file("headers/least.json");
  json.append(kMaxHeaderBytes - json.size(), ' ');
  EXPECT_TRUE(read_header(json));
  const auto read = read_header(json + " ");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "JSON_TOO_LARGE");
}

TEST(HeaderBounds, TooManyOfAThingIsRefusedBeforeTheyAreRead) {
  std::string many = "[\"x\"";
  for (int i = 0; i < 2000; ++i) many += ",\"x\"";
  const auto read =
      read_header(samples::replaced(samples::file("headers/least.json"), "[\"G09.02\"]", many + "]"));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().causes, testing::ElementsAre(testing::Field(&Error::reason, "TOO_MANY")));
}

// The second cause would be that it is not NFC: who finds that has sorted the marks.
TEST(HeaderBounds, ANameThatIsTooLongIsRefusedBeforeItIsNormalised) {
  const std::string longest = samples::unsorted_marks(kMaxJsonText / samples::unsorted_marks(1).size());
  const auto read = read_header(
      samples::replaced(samples::file("headers/dispatch.json"), "Công văn 125.signed.pdf", longest));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().causes,
              testing::ElementsAre(testing::AllOf(testing::Field(&Error::field, "attachments[0].name"),
                                                  testing::Field(&Error::reason, "ATTACHMENT_NAME"))));
}

TEST(HeaderBounds, ValuesThatAreIgnoredAreCountedToo) {
  std::string inner = "[0";
  for (int i = 0; i < 4000; ++i) inner += ",0";
  std::string outer = "\"x\":[" + inner + "]";
  for (int i = 0; i < 5; ++i) outer += "," + inner + "]";
  const auto read = read_header(
      samples::replaced(samples::file("headers/least.json"), "\"critical\"", outer + "],\"critical\""));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "JSON_MALFORMED");
  EXPECT_THAT(read.error().text(), testing::HasSubstr("too many values"));
}

TEST(HeaderBounds, CausesAreBounded) {
  std::string many = "[\"?\"";
  for (int i = 0; i < 900; ++i) many += ",\"?\"";
  const auto read =
      read_header(samples::replaced(samples::file("headers/least.json"), "[\"G09.02\"]", many + "]"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().causes.size(), kMaxCauses);
}

}  // namespace
}  // namespace tram::codec
