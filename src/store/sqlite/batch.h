// What one batch of units changes besides the tables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "exchange/message_store.h"
#include "store/recent_messages.h"

namespace tram::store {

/// The one row of the table `counters`, and what is counted when the store is opened.
struct Counters {
  std::int64_t messages = 0;
  std::int64_t last_message = 0;
  std::int64_t last_queue_row = 0;
  std::int64_t receipt_cursor = 0;
  std::int64_t blockings = 0;  ///< rows of `blocking`: mostly none, and then nobody need look there
};

/// A row that became claimable, in its queue and class.
struct NowWaiting {
  std::string queue;
  int priority = 0;
  std::int64_t turn = 0;
  exchange::QueueRow row{};
};

/// Grows while units run; a unit's failure cuts it back. One thread.
struct Batch {
  Counters counters;
  std::uint64_t log_size = 0;      ///< before the batch
  std::vector<Digest> new_leaves;  ///< of the log
  std::vector<NowWaiting> waiting;
  std::vector<exchange::QueueRow> unclaimed;  ///< rows that stay, and whose claims end
  std::vector<exchange::QueueRow> removed;
  std::vector<RecentMessages::Message> inserted;
  std::vector<exchange::MessageRow> changed;  ///< messages that are no longer as inserted, or gone
  bool empty_write_ahead = false;             ///< after the commit; see Pruning

  struct Mark {
    Counters counters;
    std::size_t new_leaves, waiting, unclaimed, removed, inserted, changed;
  };
  [[nodiscard]] Mark mark() const {
    return {counters,       new_leaves.size(), waiting.size(), unclaimed.size(),
            removed.size(), inserted.size(),   changed.size()};
  }
  void cut_back(const Mark& mark) {
    counters = mark.counters;
    new_leaves.resize(mark.new_leaves);
    waiting.resize(mark.waiting);
    unclaimed.resize(mark.unclaimed);
    removed.resize(mark.removed);
    inserted.resize(mark.inserted);
    changed.resize(mark.changed);
  }
};

}  // namespace tram::store
