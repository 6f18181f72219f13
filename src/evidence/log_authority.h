// For whom a node may speak: the rules by which a node takes receipts (exchange/receipt_office.cc) and
// forwardings (exchange/forwarding_check.cc), for whoever verifies offline and may know less.
#pragma once

#include "evidence/verification.h"

namespace tram::evidence {

/// Whether the node that a receipt's record names speaks for an agency. With the log's owner given: good or
/// bad, as that says. Else good within the node's own code, and not_checked beyond: nodes may serve others.
/// The receipt must have a record, and not be bad.
[[nodiscard]] CheckState speaks_for(const LogOwners& owners, const ReceiptReport& receipt,
                                    const AgencyCode& agency);

/// The same for the message's sender; good also for the node that sealed the header, if its log's owner was
/// given: the sender entrusted its seal to it.
[[nodiscard]] CheckState speaks_for_sender(const LogOwners& owners, const ReceiptReport& receipt,
                                           const Header& header);

}  // namespace tram::evidence
