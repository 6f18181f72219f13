// The disk of one simulated node, which others fill.
#pragma once

#include <cstdint>

#include "exchange/disk_space.h"
#include "tests/support/node.h"

namespace tram::sim {

/// Room in MiB as the node's guard sees it; without any left commits fail, until the guard gives the reserve
/// free, and if others have taken that too, until somebody makes room. Outlives the node. Threads: one.
class FillingDisk final : public exchange::DiskSpace {
 public:
  enum class Fill : std::uint8_t {
    low,     ///< new work is to be put off, all else has room
    full,    ///< nothing is left but the reserve
    choked,  ///< others take the reserve too, as soon as it is free: nothing can be written
  };

  /// The node looks at this disk from its next start on.
  explicit FillingDisk(SimNode& node) : node_(node) { node.set_disk(this); }

  void fill(Fill how);
  void make_room();
  [[nodiscard]] bool has_room() const { return free_ == kRoomy; }

  [[nodiscard]] Result<exchange::DiskRoom> room() const override;
  [[nodiscard]] std::uint64_t reserve() const override;
  [[nodiscard]] bool holds_reserve() const override { return reserve_held_; }
  void release_reserve() override;
  [[nodiscard]] Result<void> restore_reserve() override;

 private:
  static constexpr std::uint64_t kRoomy = 50'000;

  SimNode& node_;
  std::uint64_t free_ = kRoomy;
  bool reserve_held_ = true;
  bool choked_ = false;
};

}  // namespace tram::sim
