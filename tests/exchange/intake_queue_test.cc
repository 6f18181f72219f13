#include "exchange/intake_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tram::exchange {
namespace {

class IntakeQueueTest : public testing::Test {
 protected:
  void push(int priority, const std::string& sender, const std::string& name) {
    queue_.push(priority, AgencyCode::parse(sender).value(), [this, name] { ran_.push_back(name); });
  }
  std::vector<std::string> run(int count) {
    ran_.clear();
    for (int i = 0; i < count; ++i) queue_.pop()();
    return ran_;
  }

  IntakeQueue queue_;
  std::vector<std::string> ran_;
};

using Names = std::vector<std::string>;

TEST_F(IntakeQueueTest, AgenciesHaveTurnsAndKeepTheirOrder) {
  for (const char* name : {"a1", "a2", "a3"}) push(0, "H52.01", name);
  push(0, "H52.02", "b1");
  push(0, "H52.03", "c1");
  push(0, "H52.02", "b2");
  EXPECT_EQ(run(6), (Names{"a1", "b1", "c1", "a2", "b2", "a3"}));
}

TEST_F(IntakeQueueTest, UrgentOnesGoFirst) {
  push(0, "H52.01", "routine");
  push(3, "H52.01", "express");
  push(1, "H52.01", "urgent");
  EXPECT_EQ(run(3), (Names{"express", "urgent", "routine"}));
}

TEST_F(IntakeQueueTest, TheLowestClassDoesNotStarve) {
  push(0, "H52.01", "routine");
  for (int i = 0; i < 20; ++i) push(4, "H52.02", "express");
  const Names ran = run(8);
  EXPECT_EQ(ran.back(), "routine");
  EXPECT_EQ(std::count(ran.begin(), ran.end(), "express"), 7);
  EXPECT_EQ(run(13), Names(13, "express"));
}

}  // namespace
}  // namespace tram::exchange
