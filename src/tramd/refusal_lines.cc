#include "tramd/refusal_lines.h"

namespace tram::daemon {

std::optional<std::uint64_t> RefusalLines::next(std::string_view where, const Error& error) {
  const bool passes = error.code == ErrorCode::resource_exhausted || error.code == ErrorCode::unavailable;
  if (!passes) return 0;
  return now_and_then(where, error.reason);
}

std::optional<std::uint64_t> RefusalLines::now_and_then(std::string_view where, std::string_view reason) {
  const SteadyTime now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  Key key{where, reason};
  if (told_.size() >= kReasons && !told_.contains(key)) key = {};
  const auto [found, first] = told_.try_emplace(std::move(key), Told{now, 0});
  if (first) return 0;
  Told& told = found->second;
  if (now - told.at < kBetween) {
    ++told.left_out;
    return std::nullopt;
  }
  told.at = now;
  return std::exchange(told.left_out, 0);
}

}  // namespace tram::daemon
