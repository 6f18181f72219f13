#include "tramctl/upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/tramctl/temporary_folder.h"

namespace tram::client {
namespace {

std::vector<SourceFile> files_of(const std::vector<std::uint64_t>& sizes) {
  std::vector<SourceFile> out;
  for (const std::uint64_t size : sizes) out.push_back({"", {"", "", size, {}}});
  return out;
}

TEST(ChooseInline, TheSmallestGoInlineUpToTheLimit) {
  EXPECT_THAT(choose_inline(files_of({10, 100, 5}), 15), testing::ElementsAre(true, false, true));
  EXPECT_THAT(choose_inline(files_of({10, 10}), 20), testing::ElementsAre(true, true));
  EXPECT_THAT(choose_inline(files_of({10, 10}), 19), testing::ElementsAre(true, false));
  EXPECT_THAT(choose_inline(files_of({0, 1}), 0), testing::ElementsAre(true, false));
  EXPECT_TRUE(choose_inline({}, 10).empty());
}

class Examined : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  TemporaryFolder folder_;
  GlobalOptions globals_;
  Context context_{globals_};
};

TEST_F(Examined, FilesGiveNameTypeSizeAndDigest) {
  write("bao ca\xCC\x81o.pdf", "abc");  // a name typed on a Mac: decomposed
  const auto files = examine_files(context_, {folder_ / "bao ca\xCC\x81o.pdf"});
  ASSERT_TRUE(files) << files.error().text();
  EXPECT_EQ(files->at(0).attachment,
            (Attachment{"bao c\xC3\xA1o.pdf", "application/pdf", 3, Sha256::of("abc")}));
}

TEST_F(Examined, WhatIsNoFileIsAUsageError) {
  EXPECT_EQ(examine_files(context_, {folder_ / "missing"}).error().field, "FILE");
  EXPECT_EQ(examine_files(context_, {folder_.path()}).error().field, "FILE");
}

TEST_F(Examined, AFileThatChangedIsNotSent) {
  write("a", "abc");
  const auto files = examine_files(context_, {folder_ / "a"});
  EXPECT_EQ(*read_again(files->at(0)), "abc");
  for (const char* text : {"abd", "ab", "abcd"}) {
    write("a", text);
    EXPECT_EQ(read_again(files->at(0)).error().reason, "FILE_CHANGED") << text;
  }
}

}  // namespace
}  // namespace tram::client
