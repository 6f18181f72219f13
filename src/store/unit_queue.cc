#include "store/unit_queue.h"

#include <algorithm>
#include <utility>

namespace tram::store {

void UnitQueue::push(WaitingUnit unit, bool urgent) {
  (urgent ? urgent_ : others_).push_back(std::move(unit));
}

std::vector<WaitingUnit> UnitQueue::take_batch() {
  if (!urgent_.empty()) alert_ = kAlertBatches;
  const std::size_t most = alert_ == 0 ? kLargestBatch : kLargestUrgentBatch;
  if (alert_ > 0) --alert_;
  std::vector<WaitingUnit> batch;
  const auto take = [&batch](std::deque<WaitingUnit>& queue, std::size_t up_to) {
    while (!queue.empty() && batch.size() < up_to) {
      batch.push_back(std::move(queue.front()));
      queue.pop_front();
    }
  };
  take(urgent_, most - std::min(others_.size(), most / kShareOfOthers));
  take(others_, most);
  take(urgent_, most);
  return batch;
}

}  // namespace tram::store
