#include "tests/simulation/oracle.h"

namespace tram::sim {
namespace {

// What the housekeeper does, and that it does nothing while the clock cannot be relied on.
bool is_housekeeping(const std::string& note) {
  return note.starts_with("pruned: ") || note.starts_with("nothing is pruned: ");
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
      if (!is_housekeeping(note)) findings.push_back(node->code().text() + " noted: " + note);
    }
  }
}

Findings consult_oracle(const Cast& cast, const Circumstances& circumstances) {
  Findings findings = unrest(cast);
  if (!findings.empty()) return findings;
  const Facts facts(cast, findings);
  check_submissions(facts, findings);
  check_fates(facts, findings);
  check_hand_overs(facts, findings);
  check_evidence(facts, circumstances, findings);
  check_logs(facts, circumstances, findings);
  check_order(facts, circumstances, findings);
  check_observers(facts, findings);
  return findings;
}

}  // namespace tram::sim
