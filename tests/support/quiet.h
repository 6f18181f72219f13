// When nothing is on its way any more.
#pragma once

#include <string>
#include <vector>

#include "tests/support/agency.h"

namespace tram::sim {

/// Who plays in a simulation.
struct Cast {
  std::vector<SimNode*> nodes;
  std::vector<SimAgency*> agencies;
};

/// Every node is up, every queue is empty but for dead letters, every receipt is queued, every submission is
/// answered.
[[nodiscard]] bool quiet(const Cast& cast);
/// What is not, for a person; empty if all is quiet.
[[nodiscard]] std::vector<std::string> unrest(const Cast& cast);
/// Lets virtual time pass until all is quiet; false if it is not within `limit`.
[[nodiscard]] bool settle(World& world, const Cast& cast, Duration limit);

}  // namespace tram::sim
