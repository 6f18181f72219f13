// Files that are there after a power loss: what can be seen of it without one.
#include "tramctl/durable_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tramctl/temporary_folder.h"
#include "tramctl/trust_files.h"

namespace tram::client {
namespace {

TEST(DurableFile, IsPublishedUnderItsNameAndReplacesWhatWasThere) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_durably(folder / "it", "old", folder / "new"));
  ASSERT_TRUE(write_durably(folder / "part", "new", folder / "new"));
  ASSERT_TRUE(publish_file(folder / "part", folder / "it"));
  EXPECT_EQ(*read_file(folder / "it"), "new");
  EXPECT_FALSE(std::filesystem::exists(folder / "part"));
}

TEST(DurableFile, WhatCannotBePublishedLeavesTheOldOne) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_durably(folder / "it", "old", folder / "new"));
  const auto missing = publish_file(folder / "part", folder / "it");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, "FILE_UNWRITABLE");
  EXPECT_THAT(missing.error().message, testing::HasSubstr(folder / "part"));
  ASSERT_TRUE(write_durably(folder / "part", "new", folder / "new"));
  EXPECT_FALSE(publish_file(folder / "part", folder / "nowhere/it"));
  EXPECT_EQ(*read_file(folder / "it"), "old");
}

TEST(DurableFile, IsPublishedIntoTheWorkingFolderToo) {
  const TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const bool published =
      write_durably("part", "x", "new").has_value() && publish_file("part", "it").has_value();
  std::filesystem::current_path(before);
  EXPECT_TRUE(published);
}

}  // namespace
}  // namespace tram::client
