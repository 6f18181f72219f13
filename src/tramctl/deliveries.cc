#include <tram/v1/operations.grpc.pb.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "model/message.h"
#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/text.h"

namespace tram::client {
namespace {

boost::json::object json_of(const v1::DeliveryInfo& one) {
  boost::json::array recipients;
  for (const std::string& code : one.recipients()) recipients.emplace_back(code);
  return {{"sender", one.key().sender()},
          {"id", one.key().id()},
          {"to", one.to()},
          {"recipients", std::move(recipients)},
          {"priority", static_cast<int>(one.priority())},
          {"state", one.state()},
          {"attempts", one.attempts()},
          {"since", one.since()},
          {"next_try", one.next_try()},
          {"reason", one.reason()}};
}

}  // namespace

Result<int> deliveries(Context& context, const DeliveriesOptions& options) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  const Result<Connection> connection = connect(**profile);
  if (!connection) return connection.error();
  v1::ListDeliveriesRequest request;
  request.set_state(options.state);
  request.set_limit(options.limit);
  const auto stub = v1::Operations::NewStub(connection->control);
  const auto found = call<v1::ListDeliveriesResponse>(*stub, &v1::Operations::Stub::ListDeliveries, request);
  if (!found) return found.error();
  Table table({"SINCE", "STATE", "TO", "MESSAGE", "RECIPIENTS", "PRIORITY", "TRIES", "NEXT TRY", "WHY"});
  for (const v1::DeliveryInfo& one : found->deliveries()) {
    table.add({local_time(one.since()), shown(one.state()), shown(one.to()),
               shown(one.key().sender() + "/" + one.key().id()),
               shown(joined({one.recipients().begin(), one.recipients().end()})),
               std::string(name(static_cast<Priority>(std::clamp<int>(one.priority(), 0, 4)))),
               std::to_string(one.attempts()), one.next_try().empty() ? "-" : local_time(one.next_try()),
               shown(one.reason())});
    context.print(json_of(one));
  }
  context.line(table.empty() ? "nothing to show" : table.text());
  return 0;
}

}  // namespace tram::client
