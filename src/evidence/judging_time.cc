#include "evidence/judging_time.h"

#include <algorithm>

#include "evidence/log_authority.h"

namespace tram::evidence {
namespace {

class Times {
 public:
  Times(const ReceiptSubject& subject, const LogOwners& owners) : subject_(subject), owners_(owners) {}

  [[nodiscard]] bool is_acceptance(const ReceiptReport& receipt) const {
    return receipt.record->event == EvidenceEvent::submission_acceptance &&
           speaks_for_sender(owners_, receipt, *subject_.header) == CheckState::good;
  }

  [[nodiscard]] bool is_arrival(const ReceiptReport& receipt) const {
    const EvidenceRecord& record = *receipt.record;
    const bool is_of_that_kind =
        record.event == EvidenceEvent::relay_acceptance || record.event == EvidenceEvent::content_consignment;
    if (!is_of_that_kind || subject_.signer.is_zero()) return false;
    if (record.header != subject_.header_digest || record.signer != subject_.signer) return false;
    return std::any_of(record.recipients.begin(), record.recipients.end(), [&](const AgencyCode& recipient) {
      return speaks_for(owners_, receipt, recipient) == CheckState::good;
    });
  }

  using Kind = bool (Times::*)(const ReceiptReport&) const;

  [[nodiscard]] const EvidenceRecord* earliest(const std::vector<ReceiptReport>& receipts, Kind kind) const {
    const EvidenceRecord* found = nullptr;
    for (const ReceiptReport& receipt : receipts) {
      if (receipt.state != CheckState::good || !(this->*kind)(receipt)) continue;
      if (found == nullptr || receipt.record->time < found->time) found = &*receipt.record;
    }
    return found;
  }

 private:
  const ReceiptSubject& subject_;
  const LogOwners& owners_;
};

}  // namespace

JudgingTime judging_time(const std::vector<ReceiptReport>& receipts, const ReceiptSubject& subject,
                         const VerificationTrust& trust) {
  const Times times(subject, trust.log_owners);
  if (const auto* accepted = times.earliest(receipts, &Times::is_acceptance)) {
    return {TimeBasis::accepting_log, accepted->time, accepted->node};
  }
  if (const auto* arrived = times.earliest(receipts, &Times::is_arrival)) {
    return {TimeBasis::arrival, arrived->time, arrived->node};
  }
  return {TimeBasis::arrival, trust.now, {}};
}

}  // namespace tram::evidence
