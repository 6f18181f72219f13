// Moving the recipients' lines of a message on: the one user of the state machine in model/delivery.h.
#pragma once

#include <string>
#include <vector>

#include "exchange/message_store.h"

namespace tram::exchange {

/// Inside a unit: applies an event to the lines of these recipients. Answers those whose state changed.
/// `reason`
/// ("REASON: a sentence") is kept with dead letters and what was closed.
std::vector<AgencyCode> advance_lines(Transaction& transaction, MessageRow message,
                                      const std::vector<AgencyCode>& recipients, DeliveryEvent event,
                                      Timestamp when, const std::string& reason = {});

/// The same for one line, as it was read in this unit. True if its state changed.
bool advance_line(Transaction& transaction, MessageRow message, RecipientRow line, DeliveryEvent event,
                  Timestamp when, const std::string& reason = {});

/// As lines keep it.
[[nodiscard]] std::string line_reason(const Error& error);

}  // namespace tram::exchange
