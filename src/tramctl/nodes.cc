#include <tram/v1/audit.grpc.pb.h>
#include <tram/v1/exchange.grpc.pb.h>
#include <tram/v1/operations.grpc.pb.h>

#include <boost/json/array.hpp>
#include <iostream>

#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/text.h"

namespace tram::client {
namespace {

Result<Connection> connection_of(Context& context) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  return connect(**profile);
}

boost::json::array texts(const google::protobuf::RepeatedPtrField<std::string>& list) {
  boost::json::array out;
  for (const std::string& text : list) out.emplace_back(text);
  return out;
}

void tell_lost(const Context& context, const v1::NodeInfo& info) {
  Table table({"LOST IN THE RESTORE", "RECIPIENTS", "HELD BY THE PEER OF"});
  for (const v1::LostMessage& message : info.lost())
    table.add({shown(message.key().sender() + "/" + message.key().id()),
               shown(joined({message.recipients().begin(), message.recipients().end()})),
               shown("link " + message.link())});
  if (!table.empty()) context.line("\n" + table.text());
  if (info.lost_more() > 0) context.line("and " + std::to_string(info.lost_more()) + " more, not named");
  if (!table.empty())
    context.line("Have their senders send them again under the same ids; nothing is delivered twice.");
}

void tell(const Context& context, const v1::NodeInfo& info) {
  context.line("node        " + shown(info.node()) + "  " + shown(info.name()));
  context.line("version     " + shown(info.version()) + ", since " + local_time(info.started_at()));
  context.line("log         " + std::to_string(info.log_size()) + " entries, " + shown(info.log_vkey()));
  context.line("messages    " + std::to_string(info.messages()) + ", " +
               std::to_string(info.waiting_handover()) + " waiting to be handed over");
  Table table({"LINK", "NODE", "ADDRESS", "BEHIND IT", "CONNECTED", "WAITING", "FAILED TRIES", "NEXT TRY",
               "LAST ERROR"});
  for (const v1::LinkInfo& link : info.links())
    table.add({shown(link.name()), shown(link.node()), shown(link.address()),
               shown(joined({link.prefixes().begin(), link.prefixes().end()})),
               link.connected() ? "yes" : "NO", std::to_string(link.waiting()),
               std::to_string(link.attempts()), link.next_try().empty() ? "-" : local_time(link.next_try()),
               shown(link.last_error())});
  if (!table.empty()) context.line("\n" + table.text());
  tell_lost(context, info);
}

boost::json::object json_of(const v1::NodeInfo& info) {
  boost::json::object out{{"node", info.node()},         {"name", info.name()},
                          {"version", info.version()},   {"started_at", info.started_at()},
                          {"log_size", info.log_size()}, {"log_vkey", info.log_vkey()},
                          {"messages", info.messages()}, {"waiting_handover", info.waiting_handover()}};
  boost::json::array links;
  for (const v1::LinkInfo& link : info.links())
    links.emplace_back(boost::json::object{{"name", link.name()},
                                           {"node", link.node()},
                                           {"address", link.address()},
                                           {"prefixes", texts(link.prefixes())},
                                           {"connected", link.connected()},
                                           {"waiting", link.waiting()},
                                           {"attempts", link.attempts()},
                                           {"next_try", link.next_try()},
                                           {"last_error", link.last_error()}});
  out["links"] = std::move(links);
  boost::json::array lost;
  for (const v1::LostMessage& message : info.lost())
    lost.emplace_back(boost::json::object{{"sender", message.key().sender()},
                                          {"id", message.key().id()},
                                          {"recipients", texts(message.recipients())},
                                          {"link", message.link()}});
  out["lost"] = std::move(lost);
  out["lost_more"] = info.lost_more();
  return out;
}

}  // namespace

Result<int> nodes(Context& context, const NoOptions&) {
  const Result<Connection> connection = connection_of(context);
  if (!connection) return connection.error();
  const auto stub = v1::Operations::NewStub(connection->control);
  const auto info = call<v1::NodeInfo>(*stub, &v1::Operations::Stub::GetNode, v1::GetNodeRequest());
  if (!info) return info.error();
  tell(context, *info);
  context.print(json_of(*info));
  return 0;
}

Result<int> agencies(Context& context, const NoOptions&) {
  const Result<Connection> connection = connection_of(context);
  if (!connection) return connection.error();
  const auto stub = v1::Exchange::NewStub(connection->control);
  const auto found =
      call<v1::ListAgenciesResponse>(*stub, &v1::Exchange::Stub::ListAgencies, v1::ListAgenciesRequest());
  if (!found) return found.error();
  context.line("node " + shown(found->node()) + ": " +
               shown(joined({found->agencies().begin(), found->agencies().end()})));
  Table table({"ROUTE TO", "THROUGH NODE"});
  boost::json::array routes;
  for (const auto& route : found->routes()) {
    table.add({shown(route.prefix()), shown(route.node())});
    routes.emplace_back(boost::json::object{{"prefix", route.prefix()}, {"node", route.node()}});
  }
  if (!table.empty()) context.line(table.text());
  context.line("attachments of up to " + size_text(found->inline_limit()) +
               " a message go inline, one of up to " + size_text(found->attachment_limit()) + " is taken");
  context.print({{"node", found->node()},
                 {"agencies", texts(found->agencies())},
                 {"routes", std::move(routes)},
                 {"inline_limit", found->inline_limit()},
                 {"attachment_limit", found->attachment_limit()}});
  return 0;
}

Result<int> checkpoint(Context& context, const NoOptions&) {
  const Result<Connection> connection = connection_of(context);
  if (!connection) return connection.error();
  const auto stub = v1::Audit::NewStub(connection->control);
  const auto found = call<v1::Checkpoint>(*stub, &v1::Audit::Stub::GetCheckpoint, v1::GetCheckpointRequest());
  if (!found) return found.error();
  if (!context.json()) std::cout << found->note() << std::flush;  // verbatim, for a file
  context.print({{"origin", found->origin()}, {"note", found->note()}});
  return 0;
}

}  // namespace tram::client
