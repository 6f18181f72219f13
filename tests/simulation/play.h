// One simulation from its seed to the oracle's answer.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/clock.h"
#include "base/sha256.h"
#include "tests/simulation/facts.h"
#include "tests/simulation/trouble.h"

namespace tram::sim {

/// What happened in one history, or in many.
struct Tally {
  std::uint64_t documents = 0;  ///< submitted by agencies, statuses apart
  std::uint64_t messages = 0;   ///< accepted, statuses included
  std::uint64_t handed_over = 0;
  std::uint64_t again = 0;  ///< hand-overs that were repeated
  std::uint64_t dead = 0;
  std::uint64_t refused = 0;  ///< submissions
  std::uint64_t put_off = 0;  ///< answers that there is no room, and to send again
  std::uint64_t steps = 0;
  Troubles troubles;
  void add(const Tally& other);
};

struct Outcome {
  Findings findings;  ///< empty: all held
  Tally tally;
  Digest history;  ///< the same for the same seed
};

/// Hears each line of a history.
using Listener = std::function<void(Duration elapsed, std::string_view line)>;

/// Plays the history of one seed: agencies write, everything goes wrong, then nothing does any more; when all
/// is quiet the oracle is asked. `nodes` as for Scene. What throws is a finding. Threads: any, each its own.
[[nodiscard]] Outcome play(std::uint64_t seed, std::size_t nodes, const Listener& listener = {});

}  // namespace tram::sim
