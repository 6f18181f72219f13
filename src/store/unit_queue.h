// Natural batching: what waits while one batch commits is the next batch.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "exchange/message_store.h"

namespace tram::store {

/// A unit of work that waits, and whom to tell.
struct WaitingUnit {
  exchange::UnitOfWork work;
  exchange::Completion done;
};

/// The units that wait, in order, urgent ones apart. One thread at a time.
class UnitQueue {
 public:
  static constexpr std::size_t kLargestBatch = 256;
  static constexpr std::size_t kLargestUrgentBatch = 32;  ///< while urgent units wait, or came lately
  /// So many batches stay small after an urgent unit: where one came, another may, and must not find a large
  /// batch at work.
  static constexpr int kAlertBatches = 128;
  static constexpr std::size_t kShareOfOthers = 8;  ///< one place in so many is never an urgent unit's

  void push(WaitingUnit unit, bool urgent);
  [[nodiscard]] bool empty() const { return urgent_.empty() && others_.empty(); }
  /// Urgent ones first. Empty only if nothing waits.
  [[nodiscard]] std::vector<WaitingUnit> take_batch();

 private:
  int alert_ = 0;  // batches to go
  std::deque<WaitingUnit> urgent_;
  std::deque<WaitingUnit> others_;
};

}  // namespace tram::store
