// Copies of nodes' stores, and nodes that are lost and come back from one.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/simulation/scene.h"

namespace tram::sim {

/// As operators do it: README.md, "Backup and restore". Threads: one.
class Backups {
 public:
  explicit Backups(Scene& scene) : scene_(scene) {}

  [[nodiscard]] bool has(const SimNode& node) const { return copies_.contains(node.code()); }
  /// As `tramctl backup`: of a running node; of one that is down there is none.
  void take(SimNode& node);
  /// The node's medium is lost. It starts on its copy, under a new log origin, which its peers are told; its
  /// agencies send again what it does not know any more. REQUIRES: it has a copy, which is used up.
  void restore(SimNode& node);
  /// Who was restored, ever.
  [[nodiscard]] const std::set<AgencyCode>& restored() const { return restored_; }

 private:
  struct Copy {
    SimNode::Disks disks;
    exchange::Restored origin;
  };

  void tell_peers_the_new_key(const SimNode& node);

  Scene& scene_;
  std::map<AgencyCode, Copy> copies_;
  std::set<AgencyCode> restored_;
  std::uint64_t epochs_ = 1;
};

}  // namespace tram::sim
