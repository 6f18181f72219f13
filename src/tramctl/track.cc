#include <tram/v1/exchange.grpc.pb.h>

#include <algorithm>
#include <thread>

#include "codec/message_proto.h"
#include "tramctl/commands.h"
#include "tramctl/connection.h"
#include "tramctl/message_argument.h"
#include "tramctl/retry.h"
#include "tramctl/track_text.h"

namespace tram::client {
namespace {

// Right after Send a node may not know all yet, and a node may be away for a moment.
bool may_wait(const Result<v1::TrackResponse>& track) {
  return track || may_retry(track.error()) || track.error().code == ErrorCode::not_found;
}

bool settled(const Goal& goal, const Result<v1::TrackResponse>& track) {
  return track && (reached(goal, *track) || has_dead_letter(*track));
}

}  // namespace

Result<int> track(Context& context, const TrackOptions& options) {
  const Result<Goal> goal = goal_from(options.until);
  if (!goal) return goal.error();
  const Result<MessageKey> key = message_of(context, options.message);
  if (!key) return key.error();
  const Result<Connection> connection = connect(**context.profile());
  if (!connection) return connection.error();
  const auto stub = v1::Exchange::NewStub(connection->control);
  v1::TrackRequest request;
  *request.mutable_key() = codec::to_proto(*key);
  const auto ask = [&] { return call<v1::TrackResponse>(*stub, &v1::Exchange::Stub::Track, request); };

  Result<v1::TrackResponse> found = ask();
  const SteadyTime until = context.clock().steady_now() + std::chrono::seconds(options.timeout);
  Duration delay = std::chrono::milliseconds(50);
  while (goal->kind != Goal::Kind::none && may_wait(found) && !settled(*goal, found) &&
         context.clock().steady_now() < until) {
    std::this_thread::sleep_for(delay);
    delay = std::min<Duration>(2 * delay, std::chrono::seconds(1));
    found = ask();
  }
  if (!found) return found.error();
  context.line(track_text(*found, options.timing));
  context.print(track_json(*found));
  if (reached(*goal, *found)) return 0;
  context.note(has_dead_letter(*found)
                   ? "tramctl: a recipient cannot be reached: dead letter"
                   : "tramctl: not there after " + std::to_string(options.timeout) + " s");
  return 1;
}

}  // namespace tram::client
