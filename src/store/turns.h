// Whose turn it is in a queue: what keeps one sender's bulk mailing from delaying anybody else.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "model/agency_code.h"

namespace tram::store {

/// Numbers the items of a queue's class so that senders take turns: an item's turn is one after its sender's
/// last, but never before the one that the queue has reached (start-time fair queueing, all items of one
/// size). Of a thousand items of one sender and one of another, the one is next; one sender's items keep
/// their order. Turns that a unit took in a run that does not count are lost, which harms nobody. Threads:
/// any.
class Turns {
 public:
  /// The turn of a new item.
  [[nodiscard]] std::int64_t next(const std::string& queue, int priority, const AgencyCode& sender);
  /// An item of this turn was claimed.
  void reached(const std::string& queue, int priority, std::int64_t turn);
  /// After a start: a sender's last turn among what waits.
  void restore(const std::string& queue, int priority, const AgencyCode& sender, std::int64_t first,
               std::int64_t last);

 private:
  struct Class {
    std::int64_t reached = 0;
    bool restored = false;
    std::unordered_map<std::string, std::int64_t> last;  // by sender
    std::size_t prune_at = 1024;
  };

  std::mutex mutex_;  // guards what follows
  std::map<std::pair<std::string, int>, Class> classes_;
};

}  // namespace tram::store
