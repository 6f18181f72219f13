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
  /// Whether a clock ever differed from another by more than signing times may.
  [[nodiscard]] bool clocks_were_wrong() const { return clocks_were_wrong_; }

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
  bool clocks_were_wrong_ = false;
  Troubles troubles_;
  std::vector<std::pair<AgencyCode, AgencyCode>> cut_;
};

}  // namespace tram::sim
