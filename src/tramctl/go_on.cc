#include <tram/v1/operations.grpc.pb.h>

#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/text.h"

namespace tram::client {

Result<int> go_on(Context& context, const GoOnOptions& options) {
  const Result<const Profile*> profile = context.profile();
  if (!profile) return profile.error();
  const Result<Connection> connection = connect(**profile);
  if (!connection) return connection.error();
  v1::GoOnWithoutPeerRequest request;
  request.set_link(options.without);
  request.set_reason(options.reason);
  const auto stub = v1::Operations::NewStub(connection->control);
  const auto left = call<v1::GoOnWithoutPeerResponse>(*stub, &v1::Operations::Stub::GoOnWithoutPeer, request);
  if (!left) return left.error();
  boost::json::array links;
  std::string names;
  for (const std::string& link : left->waited_for()) {
    links.emplace_back(link);
    names += (names.empty() ? "" : ", ") + shown(link);
  }
  context.line(names.empty() ? "the node accepts documents; see the alarm restore_gap in tramctl alarms"
                             : "still waiting for: " + names);
  context.print({{"waited_for", std::move(links)}});
  return 0;
}

}  // namespace tram::client
