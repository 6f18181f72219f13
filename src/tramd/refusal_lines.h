// Which refusals have a line of their own in the log.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"

namespace tram::daemon {

/// A node that takes nothing for a while refuses the same documents again and again, for one reason: that is
/// a line when it begins and one a minute, which says how many were left out. Whatever is refused for good
/// has a line each. The metric counts all. Threads: any.
class RefusalLines {
 public:
  static constexpr Duration kBetween = std::chrono::minutes(1);
  static constexpr std::size_t kReasons = 256;  ///< told apart: peers may name reasons of their own

  /// `clock` outlives it.
  explicit RefusalLines(const Clock& clock) : clock_(clock) {}

  /// Whether this refusal is to be told; then how many before it were not. `where` as Observer::refused().
  [[nodiscard]] std::optional<std::uint64_t> next(std::string_view where, const Error& error);
  /// The same for what anybody may cause as often as he likes: all of it is told now and then only.
  [[nodiscard]] std::optional<std::uint64_t> now_and_then(std::string_view where, std::string_view reason);

 private:
  struct Told {
    SteadyTime at;
    std::uint64_t left_out = 0;
  };
  using Key = std::pair<std::string, std::string>;  // where, and the reason

  const Clock& clock_;
  std::mutex mutex_;  // guards what follows
  std::map<Key, Told> told_;
};

}  // namespace tram::daemon
