#include "store/unit_queue.h"

#include <utility>

namespace tram::store {

void UnitQueue::push(WaitingUnit unit, bool urgent) {
  (urgent ? urgent_ : others_).push_back(std::move(unit));
}

std::vector<WaitingUnit> UnitQueue::take_batch() {
  const std::size_t most = urgent_.empty() ? kLargestBatch : kLargestUrgentBatch;
  std::vector<WaitingUnit> batch;
  for (std::deque<WaitingUnit>* queue : {&urgent_, &others_}) {
    while (!queue->empty() && batch.size() < most) {
      batch.push_back(std::move(queue->front()));
      queue->pop_front();
    }
  }
  return batch;
}

}  // namespace tram::store
