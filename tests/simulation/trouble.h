// Everything that goes wrong in a simulation, as its seed decides.
#pragma once

#include <map>
#include <memory>

#include "tests/simulation/backups.h"
#include "tests/simulation/filling_disk.h"
#include "tests/simulation/scene.h"

namespace tram::sim {

/// How often what happened.
struct Troubles {
  std::uint64_t crashes = 0;
  std::uint64_t power_cuts = 0;
  std::uint64_t drained = 0;
  std::uint64_t wires_broken = 0;
  std::uint64_t clock_jumps = 0;
  std::uint64_t full_disks = 0;  ///< low ones too
  std::uint64_t restores = 0;
};

/// Threads: one.
class Trouble {
 public:
  /// Before the nodes start: chooses what may happen in this history, and how often wires and clients fail.
  explicit Trouble(Scene& scene);

  /// One thing that goes wrong, or is mended.
  void strike();
  /// Mends everything: from now on nothing goes wrong.
  void end();
  /// Nodes that came back from a backup.
  [[nodiscard]] const std::set<AgencyCode>& restored() const { return backups_.restored(); }
  [[nodiscard]] const Troubles& troubles() const { return troubles_; }
  /// How far a clock ever differed from another.
  [[nodiscard]] Duration farthest_clocks() const { return 2 * farthest_; }

 private:
  void stop_or_start();
  void stop(SimNode& node);
  void break_wires();
  void cut_or_join();
  void jump();
  void fill_a_disk();
  void back_up_or_restore();
  void wait_long();

  Scene& scene_;
  World& world_;
  const LifePtr life_;  // what was struck mends itself in it
  bool clocks_may_jump_ = false;
  std::map<AgencyCode, std::unique_ptr<FillingDisk>> disks_;  // of nodes, if they may fill in this history
  Duration farthest_{0};
  bool media_may_fail_ = false;
  Backups backups_;
  Troubles troubles_;
  std::vector<std::pair<AgencyCode, AgencyCode>> cut_;
};

}  // namespace tram::sim
