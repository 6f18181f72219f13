#include "exchange/recipient_lines.h"

#include <algorithm>

namespace tram::exchange {

std::vector<AgencyCode> advance_lines(Transaction& transaction, MessageRow message,
                                      const std::vector<AgencyCode>& recipients, DeliveryEvent event,
                                      Timestamp when, const std::string& reason) {
  std::vector<AgencyCode> changed;
  for (RecipientRow row : transaction.recipients(message)) {
    if (std::count(recipients.begin(), recipients.end(), row.agency) == 0) continue;
    const auto next = next_state(row.state, event);
    if (!next) continue;
    row.state = *next;
    row.updated_at = when;
    row.reason = is_dead_letter(*next) || *next == RecipientState::closed ? reason : "";
    if (event == DeliveryEvent::retried) ++row.retries;
    transaction.put_recipient(message, row);
    changed.push_back(row.agency);
  }
  return changed;
}

std::optional<RecipientRow> line_of(Transaction& transaction, MessageRow message,
                                    const AgencyCode& recipient) {
  for (RecipientRow& row : transaction.recipients(message)) {
    if (row.agency == recipient) return std::move(row);
  }
  return std::nullopt;
}

std::string line_reason(const Error& error) { return error.reason + ": " + error.text(); }

}  // namespace tram::exchange
