// When a signature's certificates are judged.
#pragma once

#include "evidence/receipt_check.h"

namespace tram::evidence {

struct JudgingTime {
  TimeBasis basis = TimeBasis::arrival;
  Timestamp at;
  AgencyCode node;  ///< whose log proves it; empty: nothing does, it is VerificationTrust::now
};

/// The earliest time that a good receipt proves, of the best kind that there is:
///   accepting_log  the SubmissionAcceptance by a node that speaks for the sender: any other node could say
///                  that it accepted the message long ago
///   arrival        a RelayAcceptance or ContentConsignment that names this header and signer, by a node that
///                  speaks for one of the recipients it names: what the recipient's node saw itself
/// Else VerificationTrust::now. The subject must have a header.
[[nodiscard]] JudgingTime judging_time(const std::vector<ReceiptReport>& receipts,
                                       const ReceiptSubject& subject, const VerificationTrust& trust);

}  // namespace tram::evidence
