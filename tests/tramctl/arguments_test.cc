#include "tramctl/arguments.h"

#include <gtest/gtest.h>

namespace tram::client {
namespace {

TEST(Priority, IsReadInEverySpellingPeopleUse) {
  EXPECT_EQ(*priority_from("thường"), Priority::routine);
  EXPECT_EQ(*priority_from("KHẨN"), Priority::urgent);
  EXPECT_EQ(*priority_from("Thượng khẩn"), Priority::very_urgent);
  EXPECT_EQ(*priority_from("hỏa-tốc"), Priority::express);
  EXPECT_EQ(*priority_from("hoả tốc"), Priority::express);
  EXPECT_EQ(*priority_from("hoa-toc-hen-gio"), Priority::express_at_hour);
  EXPECT_EQ(*priority_from("hỏa-tốc-hẹn-giờ"), Priority::express_at_hour);
  for (unsigned i = 0; i <= 4; ++i) EXPECT_EQ(static_cast<unsigned>(*priority_from(std::to_string(i))), i);
}

TEST(Priority, IsReadFromDecomposedLetters) {
  EXPECT_EQ(*priority_from("kha\xCC\x82\xCC\x89n"), Priority::urgent);  // a, circumflex, hook above
}

TEST(Priority, OtherWordsAreUsageErrors) {
  for (const char* text : {"", "5", "-1", "gấp", "hỏa", "\xFF"}) {
    const auto found = priority_from(text);
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error().field, "--priority");
    EXPECT_TRUE(is_usage(found.error()));
  }
}

TEST(Status, TakesOneOrTwoDigits) {
  EXPECT_EQ(*status_from("03"), StatusCode::received);
  EXPECT_EQ(*status_from("6"), StatusCode::completed);
  EXPECT_EQ(*status_from("14"), StatusCode::recall_agreed);
  for (const char* text : {"", "00", "07", "003", "3x", "-3"}) EXPECT_FALSE(status_from(text)) << text;
}

TEST(Key, NamesSenderAndId) {
  const auto key = key_from("H52.01/abc-1", {}, "MESSAGE");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->sender.text(), "H52.01");
  EXPECT_EQ(key->id.text(), "abc-1");
}

TEST(Key, OldFormOfTheSenderIsReadAndTheDefaultSenderFilledIn) {
  EXPECT_EQ(key_from("000.00.01.H52/a", {}, "MESSAGE")->sender.text(), "H52.01");
  EXPECT_EQ(key_from("a", *AgencyCode::parse("G09.02"), "MESSAGE")->sender.text(), "G09.02");
}

TEST(Key, RefusesWhatCannotNameAMessage) {
  for (const char* text : {"a", "H52.01/", "H52.01/a/b", "H52.01/../x", "/a", "nobody/a", "H52.01/.hidden"}) {
    const auto key = key_from(text, {}, "MESSAGE");
    ASSERT_FALSE(key) << text;
    EXPECT_TRUE(is_usage(key.error())) << text;
  }
}

TEST(Response, KeepsIdsOfOtherSystems) {
  const auto found = response_from("H52.01/2015/09/30,7816/VPCP");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "2015/09/30,7816/VPCP");
  EXPECT_FALSE(response_from("H52.01"));
  EXPECT_FALSE(response_from("H52.01/"));
}

TEST(Time, TakesOffsets) {
  const Timestamp wanted = *from_rfc3339("2026-11-24T11:20:00Z");
  EXPECT_EQ(*time_from("2026-11-24T11:20:00Z", "--time"), wanted);
  EXPECT_EQ(*time_from("2026-11-24T18:20:00+07:00", "--time"), wanted);
  EXPECT_EQ(*time_from("2026-11-24T08:50:00-02:30", "--time"), wanted);
  for (const char* text :
       {"", "2026-11-24", "2026-11-24T18:20:00", "2026-11-24T18:20:00+7:00", "2026-11-24T18:20:00+24:00"})
    EXPECT_FALSE(time_from(text, "--time")) << text;
}

TEST(MediaType, GoesByTheExtensionInAnyCase) {
  EXPECT_EQ(media_type_of("Báo cáo.PDF"), "application/pdf");
  EXPECT_EQ(media_type_of("a.tar.zip"), "application/zip");
  EXPECT_EQ(media_type_of("pdf"), "application/octet-stream");
  EXPECT_EQ(media_type_of("a.unknown"), "application/octet-stream");
}

}  // namespace
}  // namespace tram::client
