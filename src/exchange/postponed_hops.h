// Copies that the peer will take, but not yet.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "exchange/message_store.h"

namespace tram::exchange {

/// Kept, claimed, beside what is in flight, so that nobody waits behind them. Threads: as its owner says.
class PostponedHops {
 public:
  /// As many as may be kept: they are in memory.
  static constexpr std::size_t kMost = 16'384;
  /// Between two tries of one copy. The header's time is minutes to hours away.
  static constexpr Duration kPause = std::chrono::minutes(1);

  /// False, and nothing is kept, if there are too many.
  [[nodiscard]] bool add(std::vector<OutgoingItem> items, SteadyTime now);
  /// Those whose time has come, at most `limit`, taken out.
  [[nodiscard]] std::vector<OutgoingItem> take_due(SteadyTime now, std::size_t limit);
  [[nodiscard]] std::optional<SteadyTime> next() const;
  void clear() { waiting_.clear(); }

 private:
  struct Waiting {
    SteadyTime due;
    OutgoingItem item;
  };
  std::deque<Waiting> waiting_;  // by `due`: every pause is the same
};

}  // namespace tram::exchange
