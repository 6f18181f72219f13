#include "tramctl/safe_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tram::client {
namespace {

TEST(FileName, GoodNamesStay) {
  for (const char* name : {"Báo cáo tháng 11.pdf", ".hidden", "-rf", "a..b", "~"})
    EXPECT_EQ(*file_name(name), name);
}

TEST(FileName, NothingLeadsOutOfTheFolder) {
  for (const std::string& name :
       {std::string("../x"), std::string(".."), std::string("."), std::string(), std::string("a/b"),
        std::string("/etc/passwd"), std::string("a\\b"), std::string("a\0b", 3), std::string("a\nb"),
        std::string("\xFF"), std::string("fdp.\xE2\x80\xAE.exe")})
    EXPECT_FALSE(file_name(name)) << name;
}

TEST(FileName, LongOnesAreCutAndStayApart) {
  std::string stem;
  for (int i = 0; i < 190; ++i) stem += "ế";
  const std::string first = *file_name(stem + "1.docx");
  const std::string second = *file_name(stem + "2.docx");
  EXPECT_LE(first.size(), 255U);
  EXPECT_NE(first, second);
  EXPECT_THAT(first, testing::EndsWith(".docx"));
}

TEST(FileName, AnAttachmentNeverTakesThePlaceOfTheMessagesOwnFiles) {
  for (const char* name : {"header.json", "Header.JSON", "signature001.p7s", "delivery.json"})
    EXPECT_NE(*file_name(name), name);
  EXPECT_THAT(*file_name("header.json"), testing::MatchesRegex("header~[0-9a-f]+.json"));
}

TEST(MessageFolder, IsSenderAndId) {
  const AgencyCode sender = *AgencyCode::parse("H52.01");
  EXPECT_EQ(*message_folder({sender, MessageId("a-1")}), "H52.01/a-1");
  for (const char* id : {"..", ".", "", "a/b", "../../x"})
    EXPECT_FALSE(message_folder({sender, MessageId(id)})) << id;
  EXPECT_FALSE(message_folder({AgencyCode(), MessageId("a")}));
}

}  // namespace
}  // namespace tram::client
