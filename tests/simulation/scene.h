// The stage of one simulation: a network of nodes and agencies that a seed lays out.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/quiet.h"

namespace tram::sim {

/// A star around the national axis, or a chain; agencies with one or more document systems. Nothing has
/// started yet. Threads: one.
class Scene {
 public:
  /// `nodes`: 2 to 6; 0 lets the seed decide: three mostly, four or five at times.
  Scene(std::uint64_t seed, std::size_t nodes);

  [[nodiscard]] Cast cast() const;
  [[nodiscard]] SimNode& random_node();
  [[nodiscard]] SimAgency& random_agency();
  /// Two neighbours.
  [[nodiscard]] std::pair<AgencyCode, AgencyCode> random_link();

  World world;
  Network network;

 private:
  void lay_out(std::size_t nodes);
  void add_node(std::size_t number);
  void add_agencies(SimNode& home, bool is_axis);
  void add_agency(SimNode& home, const std::string& code);
  [[nodiscard]] std::vector<std::size_t> neighbours(std::size_t node) const;
  [[nodiscard]] std::vector<std::string> behind(std::size_t node, std::size_t neighbour) const;

  std::vector<std::pair<std::size_t, std::size_t>> links_;  // by numbers of nodes
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::vector<std::unique_ptr<SimAgency>> agencies_;  // destroyed before the nodes
};

}  // namespace tram::sim
