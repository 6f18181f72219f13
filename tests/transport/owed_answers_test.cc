// Since when a peer owes an answer.
#include "transport/owed_answers.h"

#include <gtest/gtest.h>

namespace tram::transport::test {
namespace {

SteadyTime at(int second) { return SteadyTime(std::chrono::seconds(second)); }

TEST(OwedAnswers, NothingIsOwedAtFirst) { EXPECT_EQ(OwedAnswers().oldest(), std::nullopt); }

TEST(OwedAnswers, TheOldestCountsFromWhenItWasWritten) {
  OwedAnswers owed;
  owed.writing(1, at(1));
  EXPECT_EQ(owed.oldest(), at(1));
  owed.written(at(5));  // a slow line
  EXPECT_EQ(owed.oldest(), at(5));
  owed.writing(2, at(5));
  owed.written(at(6));
  EXPECT_EQ(owed.oldest(), at(5));
}

TEST(OwedAnswers, AnAnswerOutOfOrderLeavesTheOlder) {
  OwedAnswers owed;
  for (int i = 1; i <= 3; ++i) {
    owed.writing(static_cast<std::uint64_t>(i), at(i));
    owed.written(at(i));
  }
  owed.answered(2);
  EXPECT_EQ(owed.oldest(), at(1));
  owed.answered(1);
  EXPECT_EQ(owed.oldest(), at(3));
  owed.answered(3);
  EXPECT_EQ(owed.oldest(), std::nullopt);
}

TEST(OwedAnswers, AFrameWithoutAnAnswerIsOwedUntilItIsWritten) {
  OwedAnswers owed;
  owed.writing(0, at(1));
  EXPECT_EQ(owed.oldest(), at(1));
  owed.written(at(2));
  EXPECT_EQ(owed.oldest(), std::nullopt);
}

TEST(OwedAnswers, AnAnswerMayComeBeforeTheWordThatTheFrameIsWritten) {
  OwedAnswers owed;
  owed.writing(1, at(1));
  owed.answered(1);
  EXPECT_EQ(owed.oldest(), std::nullopt);
  owed.written(at(9));
  EXPECT_EQ(owed.oldest(), std::nullopt);
}

}  // namespace
}  // namespace tram::transport::test
