// What the oracle must know of a history besides what the stores hold in the end.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "tests/support/quiet.h"

namespace tram::sim {

/// Watches a simulation while it runs. Threads: one.
class Witness {
 public:
  /// Watches this network from now on.
  Witness(Network& network, const Cast& cast);

  /// As an auditor asks: keeps the node's newest checkpoint, if it is up.
  void ask_for_checkpoint(SimNode& node);

  using LogSize = std::pair<std::string, std::uint64_t>;  ///< origin and size
  /// Every checkpoint that left a node, by log and size: several only if a log has forked.
  [[nodiscard]] const std::map<LogSize, std::set<Bytes>>& checkpoints() const { return checkpoints_; }
  /// Log entries whose receipt left its node, and the sizes of the checkpoints it left under.
  [[nodiscard]] const std::map<LogSize, std::set<std::uint64_t>>& receipts() const { return receipts_; }
  /// True if on its way from one node to the next the message had to wait for its certificate, its content or
  /// its time: what did not may have passed it.
  [[nodiscard]] bool was_delayed(const AgencyCode& to, const MessageKey& key) const {
    return delayed_.contains({to, key});
  }

 private:
  void see(const AgencyCode& from, const AgencyCode& to, const exchange::HopItem& item);
  void see(const AgencyCode& from, const ReceiptBundle& bundle);
  void see(const AgencyCode& to, const exchange::HopMessage& hop);

  const Cast cast_;
  std::map<LogSize, std::set<Bytes>> checkpoints_;
  std::map<LogSize, std::set<std::uint64_t>> receipts_;
  std::set<std::pair<AgencyCode, MessageKey>> delayed_;
};

}  // namespace tram::sim
