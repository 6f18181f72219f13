#include "exchange/recipient_lines.h"

namespace tram::exchange {

std::vector<AgencyCode> advance_lines(Transaction& transaction, MessageRow message,
                                      const std::vector<AgencyCode>& recipients, DeliveryEvent event,
                                      Timestamp when, const std::string& reason) {
  std::vector<AgencyCode> changed;
  for (const AgencyCode& agency : recipients) {
    auto row = transaction.recipient(message, agency);
    const auto next = row ? next_state(row->state, event) : std::nullopt;
    if (!next) continue;
    row->state = *next;
    row->updated_at = when;
    row->reason = is_dead_letter(*next) || *next == RecipientState::closed ? reason : "";
    if (event == DeliveryEvent::retried) ++row->retries;
    transaction.put_recipient(message, *row);
    changed.push_back(agency);
  }
  return changed;
}

std::string line_reason(const Error& error) { return error.reason + ": " + error.text(); }

}  // namespace tram::exchange
