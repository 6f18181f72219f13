#include "tramctl/safe_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tram::client {
namespace {

std::vector<Attachment> named(const std::vector<std::string>& names) {
  std::vector<Attachment> out;
  for (const std::string& name : names) out.push_back({name, "text/plain", 1, {}});
  return out;
}

std::string file_name(const std::string& name) { return file_names(named({name})).value().at(0); }

TEST(FileName, GoodNamesStay) {
  for (const char* name : {"Báo cáo tháng 11.pdf", ".hidden", "-rf", "a..b", "~"})
    EXPECT_EQ(file_name(name), name);
}

TEST(FileName, NothingLeadsOutOfTheFolder) {
  for (const std::string& name :
       {std::string("../x"), std::string(".."), std::string("."), std::string(), std::string("a/b"),
        std::string("/etc/passwd"), std::string("a\\b"), std::string("a\0b", 3), std::string("a\nb"),
        std::string("\xFF"), std::string("fdp.\xE2\x80\xAE.exe")})
    EXPECT_FALSE(file_names(named({name}))) << name;
}

TEST(FileName, LongOnesAreCutAndStayApart) {
  std::string stem;
  for (int i = 0; i < 190; ++i) stem += "ế";
  const std::string first = file_name(stem + "1.docx");
  const std::string second = file_name(stem + "2.docx");
  EXPECT_LE(first.size(), 255U);
  EXPECT_NE(first, second);
  EXPECT_THAT(first, testing::EndsWith(".docx"));
}

TEST(FileName, AnAttachmentNeverTakesThePlaceOfTheMessagesOwnFiles) {
  for (const char* name : {"header.json", "Header.JSON", "signature001.p7s", "delivery.json",
                           "forwarding.json", "forwarding.p7s"})
    EXPECT_NE(file_name(name), name);
  EXPECT_THAT(file_name("header.json"), testing::MatchesRegex("header~[0-9a-f]+.json"));
}

TEST(FileName, NoAttachmentTakesThePlaceOfAnother) {
  const std::string given = file_name("header.json");
  const auto names = *file_names(named({given, "header.json", "HEADER~x.json"}));
  EXPECT_EQ(names.at(0), given);
  EXPECT_THAT(names.at(1), testing::MatchesRegex("header~[0-9a-f]+.json"));
  EXPECT_NE(names.at(1), given);
  EXPECT_EQ(names.at(2), "HEADER~x.json");
  EXPECT_EQ(*file_names(named({given, "header.json", "HEADER~x.json"})), names) << "the same again";
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
