#include "exchange/time_book.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <string_view>

namespace tram::exchange {
namespace {

std::uint64_t name_of(const MessageKey& key) {
  const std::hash<std::string_view> hash;
  const std::uint64_t name = hash(key.id.text()) * 31 + hash(key.sender.text());
  return name == 0 ? 1 : name;
}

}  // namespace

TimeBook::TimeBook(const Clock& clock, Observer& observer)
    : clock_(clock), observer_(observer), entries_(kEntries) {}

void TimeBook::begin(const MessageKey& key, SteadyTime at) {
  const std::uint64_t name = name_of(key);
  const std::lock_guard lock(mutex_);
  entries_[name % kEntries] = {name, at, {}};
}

void TimeBook::reached(Stage stage, const MessageKey& key) { reached(stage, key, clock_.steady_now()); }

void TimeBook::reached(Stage stage, const MessageKey& key, SteadyTime at) {
  const std::uint64_t name = name_of(key);
  Duration took{};
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[name % kEntries];
    if (entry.name != name) return;
    took = std::max(Duration::zero(), std::chrono::duration_cast<Duration>(at - entry.last));
    entry.last = std::max(entry.last, at);
    std::uint32_t& micros = entry.micros[static_cast<std::size_t>(stage)];
    const std::uint64_t sum = micros + static_cast<std::uint64_t>(took.count());
    micros =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, std::numeric_limits<std::uint32_t>::max()));
  }
  observer_.timed(stage, key, took);
}

TimeBook::Times TimeBook::times_of(const MessageKey& key) const {
  const std::uint64_t name = name_of(key);
  Times out;
  const std::lock_guard lock(mutex_);
  const Entry& entry = entries_[name % kEntries];
  if (entry.name != name) return out;
  for (std::size_t i = 0; i < kStages; ++i) {
    if (entry.micros[i] > 0) out.emplace_back(static_cast<Stage>(i), Duration(entry.micros[i]));
  }
  return out;
}

}  // namespace tram::exchange
