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
  boost::json::array recipients, ids;
  for (const std::string& code : one.recipients()) recipients.emplace_back(code);
  for (const std::string& id : one.delivery_ids()) ids.emplace_back(id);
  return {{"sender", one.key().sender()},
          {"id", one.key().id()},
          {"to", one.to()},
          {"recipients", std::move(recipients)},
          {"priority", static_cast<int>(one.priority())},
          {"state", one.state()},
          {"attempts", one.attempts()},
          {"since", one.since()},
          {"next_try", one.next_try()},
          {"reason", one.reason()},
          {"remedy", one.remedy()},
          {"delivery_ids", std::move(ids)}};
}

// "waiting for link truc, 14th try at 10:42:07, last error: …"
std::string why(const v1::DeliveryInfo& one) {
  std::string out = one.reason();
  if (!one.next_try().empty()) {
    out = "waiting for " + one.to() + ", try " + std::to_string(one.attempts() + 1) + " at " +
          local_time(one.next_try()) + ", last error: " + one.reason();
  }
  if (one.state() == "blocked") out = "waits until the message it names has left";
  if (!one.remedy().empty()) out += "; remedy: " + one.remedy();
  return shown(out);
}

Result<int> tell(Context& context, const Result<v1::DeliveryActResponse>& done) {
  if (!done) return done.error();
  context.print(boost::json::object{{"sender", done->key().sender()},
                                    {"id", done->key().id()},
                                    {"recipient", done->recipient()},
                                    {"outcome", done->outcome()}});
  context.line(shown(done->key().sender() + "/" + done->key().id()) + " to " + shown(done->recipient()) +
               ": " + shown(done->outcome()));
  return 0;
}

Result<std::unique_ptr<v1::Operations::Stub>> operations(Context& context) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  const Result<Connection> connection = connect(**profile);
  if (!connection) return connection.error();
  return v1::Operations::NewStub(connection->control);
}

using ActMethod = grpc::Status (v1::Operations::Stub::*)(grpc::ClientContext*, const v1::DeliveryActRequest&,
                                                         v1::DeliveryActResponse*);

Result<int> act(Context& context, const DeliveryActOptions& options, ActMethod method) {
  const auto stub = operations(context);
  if (!stub) return stub.error();
  v1::DeliveryActRequest request;
  request.set_delivery_id(options.delivery);
  request.set_reason(options.reason);
  return tell(context, call<v1::DeliveryActResponse>(**stub, method, request));
}

}  // namespace

Result<int> deliveries(Context& context, const DeliveriesOptions& options) {
  const auto stub = operations(context);
  if (!stub) return stub.error();
  v1::ListDeliveriesRequest request;
  request.set_state(options.state);
  request.set_limit(options.limit);
  const auto found = call<v1::ListDeliveriesResponse>(**stub, &v1::Operations::Stub::ListDeliveries, request);
  if (!found) return found.error();
  Table table({"SINCE", "STATE", "TO", "MESSAGE", "RECIPIENTS", "PRIORITY", "TRIES", "NEXT TRY", "WHY"});
  for (const v1::DeliveryInfo& one : found->deliveries()) {
    table.add({local_time(one.since()), shown(one.state()), shown(one.to()),
               shown(one.key().sender() + "/" + one.key().id()),
               shown(joined({one.recipients().begin(), one.recipients().end()})),
               std::string(name(static_cast<Priority>(std::clamp<int>(one.priority(), 0, 4)))),
               std::to_string(one.attempts()), one.next_try().empty() ? "-" : local_time(one.next_try()),
               why(one)});
    context.print(json_of(one));
  }
  context.line(table.empty() ? "nothing to show" : table.text());
  return 0;
}

Result<int> delivery_retry(Context& context, const DeliveryActOptions& options) {
  return act(context, options, &v1::Operations::Stub::RetryDelivery);
}

Result<int> delivery_forward(Context& context, const DeliveryForwardOptions& options) {
  const auto stub = operations(context);
  if (!stub) return stub.error();
  v1::ForwardDeliveryRequest request;
  request.set_delivery_id(options.delivery);
  request.set_to(options.to);
  request.set_reason(options.reason);
  return tell(context,
              call<v1::DeliveryActResponse>(**stub, &v1::Operations::Stub::ForwardDelivery, request));
}

Result<int> delivery_cancel(Context& context, const DeliveryActOptions& options) {
  return act(context, options, &v1::Operations::Stub::CancelDelivery);
}

}  // namespace tram::client
