#include "transport/alarm_list.h"

namespace tram::transport {
namespace {

v1::AlarmInfo to_proto(const Alarm& alarm) {
  v1::AlarmInfo out;
  out.set_kind(std::string(name(alarm.kind)));
  out.set_subject(alarm.subject);
  out.set_since(to_rfc3339(alarm.since));
  out.set_last(to_rfc3339(alarm.last));
  out.set_count(alarm.count);
  out.set_detail(alarm.detail);
  out.set_remedy(std::string(remedy(alarm.kind)));
  out.set_acknowledged_by(alarm.acknowledged_by);
  if (alarm.acknowledged_at) out.set_acknowledged_at(to_rfc3339(*alarm.acknowledged_at));
  return out;
}

}  // namespace

v1::ListAlarmsResponse list_alarms(exchange::Node& node) {
  v1::ListAlarmsResponse out;
  for (const Alarm& alarm : node.alarms().list()) *out.add_alarms() = to_proto(alarm);
  return out;
}

void acknowledge_alarm(exchange::Node& node, const exchange::Identity& who,
                       const v1::AcknowledgeAlarmRequest& request,
                       std::function<void(Result<v1::AlarmInfo>)> done) {
  const auto kind = alarm_kind_from(request.kind());
  if (!kind)
    return done(
        invalid("kind", "WORD_UNKNOWN", "not a kind of alarm", "write it as tramctl alarms shows it"));
  node.alarms().acknowledge(who, *kind, request.subject(),
                            [done = std::move(done)](const Result<Alarm>& seen) {
                              done(seen ? Result<v1::AlarmInfo>(to_proto(*seen)) : seen.error());
                            });
}

}  // namespace tram::transport
