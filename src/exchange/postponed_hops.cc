#include "exchange/postponed_hops.h"

#include <utility>

namespace tram::exchange {

bool PostponedHops::add(std::vector<OutgoingItem> items, SteadyTime now) {
  if (waiting_.size() + items.size() > kMost) return false;
  for (OutgoingItem& item : items) waiting_.push_back({now + kPause, std::move(item)});
  return true;
}

std::vector<OutgoingItem> PostponedHops::take_due(SteadyTime now, std::size_t limit) {
  std::vector<OutgoingItem> out;
  while (out.size() < limit && !waiting_.empty() && waiting_.front().due <= now) {
    out.push_back(std::move(waiting_.front().item));
    waiting_.pop_front();
  }
  return out;
}

std::optional<SteadyTime> PostponedHops::next() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.front().due;
}

}  // namespace tram::exchange
