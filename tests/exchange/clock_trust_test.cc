// Whom a node believes about the time.
#include "exchange/clock_trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/world.h"

namespace tram::exchange {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class ClockTrustTest : public testing::Test {
 protected:
  void says(const std::string& link, Duration ahead) { trust.peer_said(link, world.now() + ahead); }

  sim::World world{1};
  sim::SimClock clock{world};
  ClockTrust trust{clock, 5min};
};

TEST_F(ClockTrustTest, ClocksThatAgreeWithinTheToleranceAreFine) {
  says("truc", 4min);
  EXPECT_FALSE(trust.doubt());
  EXPECT_FALSE(trust.differs("truc"));
  EXPECT_TRUE(trust.differing().empty());
}

TEST_F(ClockTrustTest, OneWordAgainstAnotherHoldsNothingUp) {
  says("truc", 3h);
  EXPECT_FALSE(trust.doubt());
  EXPECT_TRUE(trust.differs("truc"));
  ASSERT_EQ(trust.differing().size(), 1U);
  EXPECT_EQ(trust.differing().front().subject, "truc");
  EXPECT_THAT(trust.differing().front().detail, HasSubstr("3 h 0 min"));
}

TEST_F(ClockTrustTest, AClockThatJumpedAwayFromItsPeerIsInDoubtUntilItIsSetBack) {
  says("truc", 0s);
  clock.set_skew(2h);
  ASSERT_TRUE(trust.doubt());
  EXPECT_EQ(trust.doubt()->code, ErrorCode::unavailable);
  EXPECT_EQ(trust.doubt()->reason, "CLOCK_IN_DOUBT");
  clock.set_skew(-2h);
  EXPECT_TRUE(trust.doubt());
  clock.set_skew(0s);
  EXPECT_FALSE(trust.doubt());
}

TEST_F(ClockTrustTest, AJumpThatThePeerConfirmsIsBelieved) {
  says("truc", 0s);
  clock.set_skew(2h);
  says("truc", 2h);
  EXPECT_FALSE(trust.doubt());
  says("truc", 0s);  // now one word against the other
  EXPECT_FALSE(trust.doubt());
}

TEST_F(ClockTrustTest, TheMajorityOfPeersDecides) {
  says("a", 1h);
  says("b", 1h);
  EXPECT_TRUE(trust.doubt());
  says("c", 0s);
  EXPECT_FALSE(trust.doubt());
}

TEST_F(ClockTrustTest, AJumpThatNobodyCanJudgeStopsNothing) {
  clock.set_skew(2h);
  EXPECT_FALSE(trust.doubt());
}

TEST_F(ClockTrustTest, WhatAPeerSaidStaysTrueWhileTimePasses) {
  says("truc", 0s);
  world.run_for(48h);
  EXPECT_FALSE(trust.differs("truc"));
}

}  // namespace
}  // namespace tram::exchange
