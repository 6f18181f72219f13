// What is put off again and again is told now and then.
#include "tramd/refusal_lines.h"

#include <gtest/gtest.h>

#include "tests/tramd/stepped_clock.h"

namespace tram::daemon {
namespace {

using namespace std::chrono_literals;

using testing::SteppedClock;

class RefusalLinesTest : public ::testing::Test {
 protected:
  SteppedClock clock_;
  RefusalLines lines_{clock_};
  const Error full_ = failure(ErrorCode::resource_exhausted, "DISK_LOW", "the disk is nearly full");
};

TEST_F(RefusalLinesTest, WhatPassesIsToldOnceAMinuteWithHowManyWereNot) {
  EXPECT_EQ(lines_.next("send", full_), 0U);
  for (int i = 0; i < 17'242; ++i) EXPECT_EQ(lines_.next("send", full_), std::nullopt);
  clock_.time += 60s;
  EXPECT_EQ(lines_.next("send", full_), 17'242U);
  EXPECT_EQ(lines_.next("send", full_), std::nullopt);
  clock_.time += 60s;
  EXPECT_EQ(lines_.next("send", full_), 1U);
}

TEST_F(RefusalLinesTest, EachPlaceAndReasonIsToldApart) {
  EXPECT_EQ(lines_.next("send", full_), 0U);
  EXPECT_EQ(lines_.next("relay from truc", full_), 0U);
  EXPECT_EQ(lines_.next("send", failure(ErrorCode::unavailable, "RESTORING", "not yet")), 0U);
  EXPECT_EQ(lines_.next("send", full_), std::nullopt);
}

TEST_F(RefusalLinesTest, WhatIsRefusedForGoodIsAlwaysTold) {
  const Error bad = failure(ErrorCode::failed_precondition, "SIGNATURE_BAD", "it does not hold");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines_.next("send", bad), 0U);
}

TEST_F(RefusalLinesTest, ReasonsThatAPeerInventsAreBounded) {
  std::size_t told = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Error odd = failure(ErrorCode::unavailable, "ODD_" + std::to_string(i), "as the peer says");
    told += lines_.next("receipts to truc", odd) ? 1U : 0U;
  }
  EXPECT_LE(told, RefusalLines::kReasons + 1);
}

}  // namespace
}  // namespace tram::daemon
