#include "store/turns.h"

#include <algorithm>

namespace tram::store {

std::int64_t Turns::next(const std::string& queue, int priority, const AgencyCode& sender) {
  const std::lock_guard lock(mutex_);
  Class& it = classes_[{queue, priority}];
  if (it.last.size() >= it.prune_at) {  // who has nothing beyond the turn reached is as good as new
    std::erase_if(it.last, [&](const auto& each) { return each.second < it.reached; });
    it.prune_at = std::max<std::size_t>(1024, it.last.size() * 2);
  }
  const auto [place, is_new] = it.last.try_emplace(sender.text(), it.reached);
  if (!is_new) place->second = std::max(it.reached, place->second + 1);
  return place->second;
}

void Turns::reached(const std::string& queue, int priority, std::int64_t turn) {
  const std::lock_guard lock(mutex_);
  Class& it = classes_[{queue, priority}];
  it.reached = std::max(it.reached, turn);
}

void Turns::restore(const std::string& queue, int priority, const AgencyCode& sender, std::int64_t first,
                    std::int64_t last) {
  const std::lock_guard lock(mutex_);
  Class& it = classes_[{queue, priority}];
  it.reached = it.restored ? std::min(it.reached, first) : first;
  it.restored = true;
  it.last[sender.text()] = last;
}

}  // namespace tram::store
