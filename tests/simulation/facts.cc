#include "tests/simulation/facts.h"

#include <algorithm>
#include <functional>

#include "codec/evidence_json.h"
#include "codec/header_json.h"

namespace tram::sim {

std::string text(const MessageKey& key) { return key.sender.text() + "/" + key.id.text(); }

std::size_t Copy::count(EvidenceEvent event, const AgencyCode& recipient) const {
  return static_cast<std::size_t>(std::count_if(
      records.begin(), records.end(),
      [&](const EvidenceRecord* record) { return record->event == event && names(*record, recipient); }));
}

bool names(const EvidenceRecord& record, const AgencyCode& recipient) {
  return std::count(record.recipients.begin(), record.recipients.end(), recipient) != 0;
}

const Copy* NodeFacts::find(const MessageKey& key) const {
  const auto found = copies.find(key);
  return found == copies.end() ? nullptr : &found->second;
}

Facts::Facts(const Cast& cast, Findings& findings) : cast_(cast) {
  for (SimNode* node : cast_.nodes) {
    nodes_.push_back(std::make_unique<NodeFacts>());
    nodes_.back()->node = node;
    read_messages(*nodes_.back(), findings);
    read_log(*nodes_.back(), findings);
  }
}

void Facts::read_messages(NodeFacts& node, Findings& findings) const {
  for (const auto& [row, message] : node.tables().messages) {
    auto header = codec::read_header(message.header);
    if (!header) {
      findings.push_back(node.code().text() + ": header of " + text(message.key) + ": " +
                         header.error().text());
      continue;
    }
    const bool is_first =
        node.copies.insert_or_assign(message.key, Copy{&message, std::move(*header), {}}).second;
    if (!is_first) findings.push_back(node.code().text() + " stores " + text(message.key) + " twice");
  }
}

void Facts::read_log(NodeFacts& node, Findings& findings) const {
  for (const exchange::LogEntry& entry : node.tables().log) {
    auto record = codec::read_record(entry.record);
    if (!record) {
      findings.push_back(node.code().text() + ": log entry " + std::to_string(entry.index) + ": " +
                         record.error().text());
    }
    node.log.push_back(record ? std::move(*record) : EvidenceRecord());
  }
  for (const EvidenceRecord& record : node.log) {
    const auto copy = record.message ? node.copies.find(*record.message) : node.copies.end();
    if (copy != node.copies.end()) copy->second.records.push_back(&record);
  }
}

const NodeFacts& Facts::node(const AgencyCode& code) const {
  return **std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& each) { return each->code() == code; });
}

SimAgency* Facts::agency(const AgencyCode& code) const {
  const auto found = std::find_if(cast_.agencies.begin(), cast_.agencies.end(),
                                  [&](SimAgency* each) { return each->code() == code; });
  return found == cast_.agencies.end() ? nullptr : *found;
}

const NodeFacts* Facts::home_of(const AgencyCode& agency) const {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(),
                                  [&](const auto& each) { return agency.within(each->code()); });
  return found == nodes_.end() ? nullptr : found->get();
}

std::vector<const NodeFacts*> Facts::way(const AgencyCode& from, const AgencyCode& to) const {
  std::vector<const NodeFacts*> out;
  const std::function<bool(const AgencyCode&, const AgencyCode&)> walk = [&](const AgencyCode& at,
                                                                             const AgencyCode& before) {
    out.push_back(&node(at));
    if (at == to) return true;
    for (const exchange::LinkSettings& link : out.back()->node->settings().links) {
      if (link.node != before && walk(link.node, at)) return true;
    }
    out.pop_back();
    return false;
  };
  static_cast<void>(walk(from, {}));
  return out;
}

}  // namespace tram::sim
