// What the webhook is told of an alarm.
#pragma once

#include <string>

#include "exchange/observer.h"

namespace tram::daemon {

/// One JSON object: node, change ("restored", "raised", "again", "acknowledged", "cleared"), kind, subject,
/// since, last, count, detail, remedy, acknowledged_by, acknowledged_at (the last two may be empty).
[[nodiscard]] std::string alarm_message(const std::string& node, const Alarm& alarm,
                                        exchange::AlarmChange change);

}  // namespace tram::daemon
