#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/header_json.h"
#include "tests/codec/samples.h"

namespace tram::codec {
namespace {

struct Golden {
  const char* name;
  Header (*header)();
};

class GoldenHeader : public testing::TestWithParam<Golden> {};

TEST_P(GoldenHeader, IsWrittenByteForByte) {
  EXPECT_EQ(write_header(GetParam().header()), samples::file("headers/" + std::string(GetParam().name)));
}

TEST_P(GoldenHeader, IsReadIntoTheSameValues) {
  const auto read = read_header(samples::file("headers/" + std::string(GetParam().name)));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, GetParam().header());
}

INSTANTIATE_TEST_SUITE_P(, GoldenHeader,
                         testing::Values(Golden{"dispatch.json", samples::dispatch},
                                         Golden{"least.json", samples::least},
                                         Golden{"status.json", samples::status},
                                         Golden{"arrived.json", samples::arrived}),
                         [](const auto& test) { return samples::test_name(test.param.name); });

TEST(Header, WrittenByOthersMayHaveSpaceAnotherOrderEscapesAndLaterMembers) {
  const auto read = read_header(samples::file("headers/liberal.json"));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, samples::least());
}

TEST(Header, EveryWordOfTheEnumerationsComesBack) {
  for (const auto kind : {BusinessKind::new_document, BusinessKind::recall, BusinessKind::update}) {
    Header header = samples::dispatch();
    header.submission.dispatch->business = kind;
    EXPECT_EQ(read_header(write_header(header)).value(), header);
  }
  for (const std::uint32_t number : {1, 2, 3, 4, 5, 6, 13, 15, 16}) {
    Header header = samples::status();
    header.submission.status->code = status_code_from(number).value();
    EXPECT_EQ(read_header(write_header(header)).value(), header);
  }
}

TEST(Header, Status14IsReadAs15) {
  const auto read =
      read_header(samples::replaced(samples::file("headers/status.json"), "\"code\":3", "\"code\":14"));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->submission.status->code, StatusCode::recall_agreed);
}

TEST(Header, OfTheMostRecipientsAndAttachmentsFits) {
  Header header = samples::dispatch();
  header.submission.recipients.clear();
  header.submission.attachments.clear();
  for (int i = 0; i < 1000; ++i) {
    const std::string group = std::to_string(10000 + i);
    header.submission.recipients.push_back(samples::code("H52.ABCDEFGHIJKLMNOPQRSTUVWXYZ" + group));
  }
  for (int i = 0; i < 100; ++i) {
    std::string name = std::to_string(i);
    for (int j = 0; j < 197; ++j) name += "ễ";
    header.submission.attachments.push_back({name, "application/pdf", 1, Sha256::of(name)});
  }
  const Bytes bytes = write_header(header);
  EXPECT_LE(bytes.size(), kMaxHeaderBytes);
  const auto read = read_header(bytes);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, header);
}

TEST(Header, AllCausesAreReportedAtOnce) {
  std::string json = samples::file("headers/dispatch.json");
  json = samples::replaced(json, "\"G09.02\"", "\"g09\"");
  json = samples::replaced(json, "\"size\":334217", "\"size\":1.5");
  json = samples::replaced(json, "2026-12-31", "2026-02-30");
  const auto read = read_header(json);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "HEADER_MALFORMED");
  EXPECT_THAT(read.error().causes,
              testing::UnorderedElementsAre(testing::Field(&Error::field, "recipients[0]"),
                                            testing::Field(&Error::field, "attachments[0].size"),
                                            testing::Field(&Error::field, "due_date")));
}

Result<Header> kept_with_media_type(std::string_view type) {
  return read_kept_header(samples::replaced(samples::file("headers/dispatch.json"), "application/pdf", type));
}

TEST(KeptHeader, MayHaveAMediaTypeOfBeforeTheyWereChecked) {
  for (const char* type : {"pdf", "tệp văn bản", "application/pdf\uffff"}) {
    const auto read = kept_with_media_type(type);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->submission.attachments[0].media_type, type);
  }
}

TEST(KeptHeader, HasNoMediaTypeThatWasNeverAccepted) {
  for (const char* type : {"", "a<b", "a&b", "a\\\"b", "a\\nb"}) {
    const auto read = kept_with_media_type(type);
    ASSERT_FALSE(read) << type;
    EXPECT_THAT(read.error().causes,
                testing::ElementsAre(testing::Field(&Error::field, "attachments[0].media_type")));
  }
}

TEST(Header, LimitsOfTheNodeApply) {
  MessageLimits limits;
  limits.recipients = 2;
  limits.attachment_bytes = 1000;
  const auto read = read_header(samples::file("headers/dispatch.json"), limits);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().causes,
              testing::UnorderedElementsAre(testing::Field(&Error::field, "recipients"),
                                            testing::Field(&Error::field, "attachments[0].size")));
}

}  // namespace
}  // namespace tram::codec
