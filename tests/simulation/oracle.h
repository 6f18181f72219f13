// What must hold once all is quiet again, whatever happened before.
#pragma once

#include "tests/simulation/facts.h"
#include "tests/simulation/witness.h"

namespace tram::sim {

/// What is known of a history besides what is stored.
struct Circumstances {
  const Witness* witness = nullptr;  ///< null: what only a witness can tell is not checked
  std::set<AgencyCode> restored{};   ///< nodes that came back from a backup
};

/// True if a message that entered the network at `origin` has, or had, to do with a node that was restored.
[[nodiscard]] bool touches_restored(const Facts& facts, const Circumstances& circumstances,
                                    const NodeFacts& origin, const Copy& copy);

/// Accounts for every message ever sent: refused with a true reason, or accepted and then, for each
/// recipient, handed over with one effect or dead with a true reason that the sender sees; evidence of each
/// step, once; logs that only grew; order kept. After a restore what restore_check.cc says. REQUIRES: all is
/// quiet. Empty if all held.
[[nodiscard]] Findings consult_oracle(const Cast& cast, const Circumstances& circumstances);

/// The parts of it.
void check_submissions(const Facts& facts, Findings& findings);
void check_fates(const Facts& facts, const Circumstances& circumstances, Findings& findings);
void check_hand_overs(const Facts& facts, Findings& findings);
void check_evidence(const Facts& facts, const Circumstances& circumstances, Findings& findings);
void check_logs(const Facts& facts, const Circumstances& circumstances, Findings& findings);
void check_order(const Facts& facts, const Circumstances& circumstances, Findings& findings);
void check_after_restore(const Facts& facts, const Circumstances& circumstances, Findings& findings);
void check_observers(const Facts& facts, Findings& findings);

}  // namespace tram::sim
