// Alarms on the wire. For the sources of this folder.
#pragma once

#include <tram/v1/operations.pb.h>

#include <functional>

#include "exchange/node.h"

namespace tram::transport {

[[nodiscard]] v1::ListAlarmsResponse list_alarms(exchange::Node& node);
/// `done` once, on any thread. INVALID_ARGUMENT for a kind that is none.
void acknowledge_alarm(exchange::Node& node, const exchange::Identity& who,
                       const v1::AcknowledgeAlarmRequest& request,
                       std::function<void(Result<v1::AlarmInfo>)> done);

}  // namespace tram::transport
