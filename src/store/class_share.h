// Urgent classes go first, without starving the rest.
#pragma once

#include <cstddef>
#include <cstdint>

#include "exchange/message_store.h"

namespace tram::store {

inline constexpr int kClasses = 5;              ///< priorities 0 to 4
inline constexpr std::size_t kLowestShare = 8;  ///< one claim of so many is of the lowest class that waits

/// Claims up to `limit` items of one queue: the highest class first, but each eighth of all that were ever
/// `served` from the lowest class that has something. `take(priority, most)` claims up to `most` of one class
/// in order and answers how many it got.
template <class Take>
void claim_in_shares(const exchange::Classes& among, std::uint64_t& served, std::size_t limit, Take take) {
  const std::size_t due = (served % kLowestShare + limit) / kLowestShare;
  std::size_t got = 0;
  for (int priority = among.lowest; priority <= among.highest && got < due; ++priority)
    got += take(priority, due - got);
  for (int priority = among.highest; priority >= among.lowest && got < limit; --priority)
    got += take(priority, limit - got);
  served += got;
}

}  // namespace tram::store
