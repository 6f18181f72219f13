#include "store/unit_queue.h"

#include <gtest/gtest.h>

namespace tram::store {
namespace {

void push(UnitQueue& queue, int count, bool urgent) {
  for (int i = 0; i < count; ++i) queue.push({}, urgent);
}

TEST(UnitQueue, TakesWhatWaitsUpToTheLargestBatch) {
  UnitQueue queue;
  EXPECT_TRUE(queue.empty());
  push(queue, 300, false);
  EXPECT_EQ(queue.take_batch().size(), 256U);
  EXPECT_EQ(queue.take_batch().size(), 44U);
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.take_batch().empty());
}

TEST(UnitQueue, BatchesAreSmallWhileUrgentUnitsWait) {
  UnitQueue queue;
  push(queue, 300, false);
  push(queue, 40, true);
  EXPECT_EQ(queue.take_batch().size(), 32U);  // urgent alone
  EXPECT_EQ(queue.take_batch().size(), 32U);  // eight urgent and 24 others
  EXPECT_EQ(queue.take_batch().size(), 256U);
  EXPECT_EQ(queue.take_batch().size(), 20U);
}

}  // namespace
}  // namespace tram::store
