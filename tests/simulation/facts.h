// What the stores of a simulation hold once all is quiet, arranged for the oracle.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/quiet.h"

namespace tram::sim {

/// What was found wrong, each in a line for a person.
using Findings = std::vector<std::string>;

/// "sender/id".
[[nodiscard]] std::string text(const MessageKey& key);

/// One message as one node stored it.
struct Copy {
  const exchange::StoredMessage* message = nullptr;
  Header header;
  std::vector<const EvidenceRecord*> records;  ///< of this node's log, about this message, in order
  /// Records of an event that name a recipient.
  [[nodiscard]] std::size_t count(EvidenceEvent event, const AgencyCode& recipient) const;
};

[[nodiscard]] bool names(const EvidenceRecord& record, const AgencyCode& recipient);

struct NodeFacts {
  SimNode* node = nullptr;
  std::map<MessageKey, Copy> copies;
  std::vector<EvidenceRecord> log;  ///< by index
  [[nodiscard]] const Copy* find(const MessageKey& key) const;
  [[nodiscard]] const AgencyCode& code() const { return node->code(); }
  [[nodiscard]] const store::MemoryTables& tables() const { return node->tables(); }
};

/// REQUIRES: every node is up. Valid while the cast is not touched.
class Facts {
 public:
  /// What cannot be read is a finding.
  Facts(const Cast& cast, Findings& findings);

  [[nodiscard]] const std::vector<std::unique_ptr<NodeFacts>>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<SimAgency*>& agencies() const { return cast_.agencies; }
  [[nodiscard]] const NodeFacts& node(const AgencyCode& code) const;
  [[nodiscard]] SimAgency* agency(const AgencyCode& code) const;  ///< null if there is none
  /// The nodes from one to another, both included.
  [[nodiscard]] std::vector<const NodeFacts*> way(const AgencyCode& from, const AgencyCode& to) const;
  /// The node whose prefix an agency has, whether it exists or not; null if none.
  [[nodiscard]] const NodeFacts* home_of(const AgencyCode& agency) const;

 private:
  void read_messages(NodeFacts& node, Findings& findings) const;
  void read_log(NodeFacts& node, Findings& findings) const;

  const Cast cast_;
  std::vector<std::unique_ptr<NodeFacts>> nodes_;
};

}  // namespace tram::sim
