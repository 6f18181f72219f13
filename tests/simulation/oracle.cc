#include "tests/simulation/oracle.h"

#include <algorithm>
#include <array>

namespace tram::sim {
namespace {

// What the housekeeper does, and that it does nothing while the clock cannot be relied on; what becomes of a
// disk that others fill.
bool is_expected(const std::string& note) {
  constexpr std::array kBeginnings{"pruned: ",    "nothing is pruned: ",   "disk low: ",
                                   "disk full: ", "disk has room again: ", "receipts not queued: "};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](const char* beginning) { return note.starts_with(beginning); });
}

}  // namespace

void check_observers(const Facts& facts, Findings& findings) {
  for (const auto& node : facts.nodes()) {
    const HistoryObserver& observer = node->node->observer();
    for (const Refusal& refusal : observer.refusals()) {
      if (refusal.where.starts_with("receipts") || refusal.where.starts_with("certificate"))
        findings.push_back(node->code().text() + " refused " + refusal.where + ": " + refusal.error.text());
    }
    for (const std::string& note : observer.notes()) {
      if (!is_expected(note)) findings.push_back(node->code().text() + " noted: " + note);
    }
  }
}

bool touches_restored(const Facts& facts, const Circumstances& circumstances, const NodeFacts& origin,
                      const Copy& copy) {
  if (circumstances.restored.empty()) return false;
  if (circumstances.restored.contains(origin.code())) return true;
  const auto& recipients = copy.header.submission.recipients;
  return std::any_of(recipients.begin(), recipients.end(), [&](const AgencyCode& recipient) {
    const NodeFacts* home = facts.home_of(recipient);
    if (home == nullptr) return true;  // it went as far as anybody knew a way
    const auto way = facts.way(origin.code(), home->code());
    return std::any_of(way.begin(), way.end(),
                       [&](const NodeFacts* node) { return circumstances.restored.contains(node->code()); });
  });
}

Findings consult_oracle(const Cast& cast, const Circumstances& circumstances) {
  Findings findings = unrest(cast);
  if (!findings.empty()) return findings;
  const Facts facts(cast, findings);
  if (!circumstances.restored.empty()) {
    check_after_restore(facts, circumstances, findings);
    check_fates(facts, circumstances, findings);
    check_evidence(facts, circumstances, findings);
    check_logs(facts, circumstances, findings);
    return findings;
  }
  check_submissions(facts, findings);
  check_fates(facts, circumstances, findings);
  check_hand_overs(facts, findings);
  check_evidence(facts, circumstances, findings);
  check_logs(facts, circumstances, findings);
  check_order(facts, circumstances, findings);
  check_observers(facts, findings);
  return findings;
}

}  // namespace tram::sim
