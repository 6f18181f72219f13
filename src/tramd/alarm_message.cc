#include "tramd/alarm_message.h"

#include "tramd/logging.h"

namespace tram::daemon {

std::string alarm_message(const std::string& node, const Alarm& alarm, exchange::AlarmChange change) {
  std::string out = "{";
  const auto put = [&](std::string_view key, std::string_view text) {
    if (out.size() > 1) out += ',';
    append_json_string(out, key);
    out += ':';
    append_json_string(out, text);
  };
  put("node", node);
  put("change", exchange::name(change));
  put("kind", name(alarm.kind));
  put("subject", alarm.subject);
  put("since", to_rfc3339(alarm.since));
  put("last", to_rfc3339(alarm.last));
  out += ",\"count\":" + std::to_string(alarm.count);
  put("detail", alarm.detail);
  put("remedy", remedy(alarm.kind));
  put("acknowledged_by", alarm.acknowledged_by);
  put("acknowledged_at", alarm.acknowledged_at ? to_rfc3339(*alarm.acknowledged_at) : "");
  return out + "}";
}

}  // namespace tram::daemon
