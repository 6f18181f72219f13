#include "evidence/log_authority.h"

#include <algorithm>

namespace tram::evidence {

bool LogOwner::speaks_for(const AgencyCode& agency) const {
  return agency.within(node) || std::any_of(others.begin(), others.end(),
                                            [&](const AgencyCode& prefix) { return agency.within(prefix); });
}

CheckState speaks_for(const LogOwners& owners, const ReceiptReport& receipt, const AgencyCode& agency) {
  const auto owner = owners.find(receipt.origin);
  if (owner != owners.end()) return owner->second.speaks_for(agency) ? CheckState::good : CheckState::bad;
  return agency.within(receipt.record->node) ? CheckState::good : CheckState::not_checked;
}

CheckState speaks_for_sender(const LogOwners& owners, const ReceiptReport& receipt, const Header& header) {
  const bool sealed_it = !header.node.empty() && receipt.record->node == header.node;
  if (sealed_it && owners.contains(receipt.origin)) return CheckState::good;
  return speaks_for(owners, receipt, header.submission.key.sender);
}

}  // namespace tram::evidence
