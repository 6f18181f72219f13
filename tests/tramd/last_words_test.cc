// A process that ended because its store failed tells the next one, which raises the alarm.
#include "tramd/last_words.h"

#include <gtest/gtest.h>

#include <fstream>

namespace tram::daemon {
namespace {

class LastWords : public testing::Test {
 protected:
  LastWords() { std::filesystem::create_directories(folder); }
  ~LastWords() override { std::filesystem::remove_all(folder); }

  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      ("last-words-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  const Timestamp noon = from_rfc3339("2026-11-24T12:00:00Z").value();
  const Error error = failure(ErrorCode::internal, "STORE_FAILED", "a sync failed", "look at the disk");
};

TEST_F(LastWords, AreTakenOnce) {
  leave_last_words(folder, noon, error);
  const auto words = take_last_words(folder);
  ASSERT_TRUE(words);
  EXPECT_EQ(*words, "2026-11-24T12:00:00.000000Z: " + error.text());
  EXPECT_FALSE(take_last_words(folder)) << "told once";
}

TEST_F(LastWords, ThereAreNoneAfterAGoodEnd) { EXPECT_FALSE(take_last_words(folder)); }

TEST_F(LastWords, OfAFolderThatCannotBeWrittenAreLeftOut) {
  leave_last_words(folder / "missing", noon, error);
  EXPECT_FALSE(take_last_words(folder / "missing"));
}

TEST_F(LastWords, AreBounded) {
  std::ofstream(folder / "store-failed.txt") << std::string(1 << 20, 'x');
  const auto words = take_last_words(folder);
  ASSERT_TRUE(words);
  EXPECT_LE(words->size(), 4096U);
}

}  // namespace
}  // namespace tram::daemon
