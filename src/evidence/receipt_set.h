// All receipts of a container.
#pragma once

#include <vector>

#include "evidence/member_table.h"
#include "evidence/receipt_check.h"

namespace tram::evidence {

struct ReceiptFindings {
  std::vector<ReceiptReport> receipts;  ///< in order of number
  std::vector<LogKeyReport> log_keys;   ///< of their logs; given ones first
  std::vector<ForwardedRecipient> forwarded;
};

/// Pairs records with proofs by their names, checks each pair and all together, and that numbers have no gap
/// and logs.vkey holds exactly keys that the receipts need. Causes go to `members`.
[[nodiscard]] ReceiptFindings check_receipts(MemberTable& members, const ReceiptSubject& subject,
                                             const VerificationTrust& trust);

}  // namespace tram::evidence
