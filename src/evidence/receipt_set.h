// All receipts of a container.
#pragma once

#include <vector>

#include "evidence/member_table.h"
#include "evidence/receipt_check.h"

namespace tram::evidence {

/// Pairs records with proofs by their names, checks each pair, and that numbers have no gap and logs.vkey
/// holds exactly keys that the receipts need. A report for each receipt, in order of number; causes go to
/// `members`.
[[nodiscard]] std::vector<ReceiptReport> check_receipts(MemberTable& members, const ReceiptSubject& subject,
                                                        const VerificationTrust& trust);

}  // namespace tram::evidence
