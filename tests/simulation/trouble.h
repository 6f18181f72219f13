// Everything that goes wrong in a simulation, as its seed decides.
#pragma once

#include <map>

#include "tests/simulation/scene.h"

namespace tram::sim {

/// How often what happened.
struct Troubles {
  std::uint64_t crashes = 0;
  std::uint64_t power_cuts = 0;
  std::uint64_t drained = 0;
  std::uint64_t wires_broken = 0;
  std::uint64_t clock_jumps = 0;
};

/// Threads: one.
class Trouble {
 public:
  /// Chooses how often wires and clients fail in this history.
  explicit Trouble(Scene& scene);

  /// One thing that goes wrong, or is mended.
  void strike();
  /// Mends everything: from now on nothing goes wrong.
  void end();
  [[nodiscard]] const Troubles& troubles() const { return troubles_; }
  /// How far a clock ever differed from another.
  [[nodiscard]] Duration farthest_clocks() const { return 2 * farthest_; }

 private:
  void stop_or_start();
  void stop(SimNode& node);
  void break_wires();
  void cut_or_join();
  void jump();
  void wait_long();

  Scene& scene_;
  World& world_;
  bool clocks_may_jump_ = false;
  Duration farthest_{0};
  Troubles troubles_;
  std::vector<std::pair<AgencyCode, AgencyCode>> cut_;
};

}  // namespace tram::sim
