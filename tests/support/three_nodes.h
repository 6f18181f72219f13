// The practice network: Sơn La H52, the national axis H01, the Ministry of Home Affairs G09.
#pragma once

#include <string>
#include <vector>

#include "tests/support/quiet.h"

namespace tram::sim {

/// Short waits, so that a simulated minute holds many tries.
[[nodiscard]] exchange::Settings settings_of(const std::string& node);
[[nodiscard]] exchange::LinkSettings link(const std::string& name, const std::string& node,
                                          const std::vector<std::string>& prefixes);

/// H52 ⇄ H01 ⇄ G09, not started: register what else is wanted, then start().
struct ThreeNodes {
  explicit ThreeNodes(std::uint64_t seed = 1, Duration jitter = {});

  World world;
  Network network;
  SimNode sonla;
  SimNode truc;
  SimNode noivu;
  SimAgency sender;     ///< H52.01
  SimAgency neighbour;  ///< H52.05
  SimAgency ministry;   ///< G09.02

  [[nodiscard]] std::vector<SimNode*> nodes() { return {&sonla, &truc, &noivu}; }
  [[nodiscard]] Cast cast() { return {nodes(), {&sender, &neighbour, &ministry}}; }
  void start();
  /// Lets two virtual minutes pass at most, until nothing is on its way.
  [[nodiscard]] bool settle();
};

/// Uploads the file to the node, as an agency's system does before it submits.
void upload(SimNode& node, const exchange::Identity& who, const File& file);
/// The fields with files of which `uploaded` says that they were uploaded.
[[nodiscard]] exchange::SubmissionRequest request_uploaded(Submission fields, const std::vector<File>& files);

}  // namespace tram::sim
