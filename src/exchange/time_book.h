// Where the time of the latest documents went at this node.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "exchange/observer.h"

namespace tram::exchange {

/// Each stage lasts from the end of the one before it, so that the stages of a message add up to the time
/// since it came. Where a message takes several ways at once, their steps are told in the order in which they
/// happen. In memory, for the latest messages only: some tens of thousands in a fixed amount of memory.
/// Threads: any.
class TimeBook {
 public:
  using Times = std::vector<std::pair<Stage, Duration>>;

  /// Both must outlive it. The observer hears of each stage as it ends.
  TimeBook(const Clock& clock, Observer& observer);

  /// It came at that time. What is known of an older message may be forgotten for it.
  void begin(const MessageKey& key, SteadyTime at);
  /// The stage ends, now or at that time. Of a message that is not in the book any more nothing is told.
  void reached(Stage stage, const MessageKey& key);
  void reached(Stage stage, const MessageKey& key, SteadyTime at);

  /// The stages that took any time, in the order of the enumeration. Empty if it is not in the book.
  [[nodiscard]] Times times_of(const MessageKey& key) const;

 private:
  struct Entry {
    std::uint64_t name = 0;  // a hash of the key; 0: none
    SteadyTime last;
    std::array<std::uint32_t, kStages> micros{};
  };
  static constexpr std::size_t kEntries = 1 << 14;

  const Clock& clock_;
  Observer& observer_;
  mutable std::mutex mutex_;    // guards what follows
  std::vector<Entry> entries_;  // a message's place follows from its key
};

}  // namespace tram::exchange
