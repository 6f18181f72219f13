#include <tram/v1/operations.grpc.pb.h>

#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/text.h"

namespace tram::client {
namespace {

boost::json::object json_of(const v1::AlarmInfo& alarm) {
  return {{"kind", alarm.kind()},
          {"subject", alarm.subject()},
          {"since", alarm.since()},
          {"last", alarm.last()},
          {"count", alarm.count()},
          {"detail", alarm.detail()},
          {"remedy", alarm.remedy()},
          {"acknowledged_by", alarm.acknowledged_by()},
          {"acknowledged_at", alarm.acknowledged_at()}};
}

std::string seen(const v1::AlarmInfo& alarm) {
  if (alarm.acknowledged_at().empty()) return "nobody yet";
  return shown(alarm.acknowledged_by()) + ", " + local_time(alarm.acknowledged_at());
}

Result<Connection> connection_of(Context& context) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  return connect(**profile);
}

}  // namespace

Result<int> alarms(Context& context, const NoOptions&) {
  const Result<Connection> connection = connection_of(context);
  if (!connection) return connection.error();
  const auto stub = v1::Operations::NewStub(connection->control);
  const auto found =
      call<v1::ListAlarmsResponse>(*stub, &v1::Operations::Stub::ListAlarms, v1::ListAlarmsRequest());
  if (!found) return found.error();
  Table table({"SINCE", "LAST", "COUNT", "KIND", "SUBJECT", "SEEN BY", "WHAT", "WHAT TO DO"});
  for (const v1::AlarmInfo& alarm : found->alarms()) {
    table.add({local_time(alarm.since()), local_time(alarm.last()), std::to_string(alarm.count()),
               shown(alarm.kind()), shown(alarm.subject()), seen(alarm), shown(alarm.detail()),
               shown(alarm.remedy())});
    context.print(json_of(alarm));
  }
  context.line(table.empty() ? "no alarms" : table.text());
  return 0;
}

Result<int> alarm_acknowledge(Context& context, const AlarmOptions& options) {
  const Result<Connection> connection = connection_of(context);
  if (!connection) return connection.error();
  v1::AcknowledgeAlarmRequest request;
  request.set_kind(options.kind);
  request.set_subject(options.subject);
  const auto stub = v1::Operations::NewStub(connection->control);
  const auto alarm = call<v1::AlarmInfo>(*stub, &v1::Operations::Stub::AcknowledgeAlarm, request);
  if (!alarm) return alarm.error();
  context.line(shown(alarm->kind()) + " " + shown(alarm->subject()) + ": seen by " + seen(*alarm));
  context.print(json_of(*alarm));
  return 0;
}

}  // namespace tram::client
