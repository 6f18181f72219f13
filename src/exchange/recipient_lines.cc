#include "exchange/recipient_lines.h"

namespace tram::exchange {

std::vector<AgencyCode> advance_lines(Transaction& transaction, MessageRow message,
                                      const std::vector<AgencyCode>& recipients, DeliveryEvent event,
                                      Timestamp when, const std::string& reason) {
  std::vector<AgencyCode> changed;
  for (const AgencyCode& agency : recipients) {
    auto line = transaction.recipient(message, agency);
    if (line && advance_line(transaction, message, *std::move(line), event, when, reason))
      changed.push_back(agency);
  }
  return changed;
}

bool advance_line(Transaction& transaction, MessageRow message, RecipientRow line, DeliveryEvent event,
                  Timestamp when, const std::string& reason) {
  const auto next = next_state(line.state, event);
  if (!next) return false;
  line.state = *next;
  line.updated_at = when;
  line.reason = is_dead_letter(*next) || *next == RecipientState::closed ? reason : "";
  if (event == DeliveryEvent::retried) ++line.retries;
  transaction.put_recipient(message, line);
  return true;
}

std::string line_reason(const Error& error) { return error.reason + ": " + error.text(); }

}  // namespace tram::exchange
