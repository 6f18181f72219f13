#include "store/unit_queue.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(UnitQueue, BatchesAreSmallWhileUrgentUnitsWaitAndForAWhileAfter) {
  UnitQueue queue;
  push(queue, 32 * UnitQueue::kAlertBatches + 256, false);
  push(queue, 1, true);
  for (int i = 0; i < UnitQueue::kAlertBatches; ++i) EXPECT_EQ(queue.take_batch().size(), 32U);
  EXPECT_EQ(queue.take_batch().size(), 256U);
}

TEST(UnitQueue, UrgentUnitsGoFirstButNotAlone) {
  UnitQueue queue;
  std::string order;
  const auto mark = [&order](char what) {
    return WaitingUnit{{}, [&order, what](const Result<void>&) { order += what; }};
  };
  for (int i = 0; i < 10; ++i) queue.push(mark('o'), false);
  for (int i = 0; i < 40; ++i) queue.push(mark('u'), true);
  for (const WaitingUnit& unit : queue.take_batch()) unit.done({});
  EXPECT_EQ(order, std::string(28, 'u') + "oooo");
  order.clear();
  for (const WaitingUnit& unit : queue.take_batch()) unit.done({});
  EXPECT_EQ(order, std::string(12, 'u') + "oooooo");
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace tram::store
