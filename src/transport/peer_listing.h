// Relay.ListHeld as a client. For the sources of this folder.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>

#include "transport/peer_calls.h"
#include "transport/peer_client.h"

namespace tram::transport {

/// Which page is asked for, and of whom.
struct ListingTask {
  PeerLink link;
  std::shared_ptr<grpc::Channel> channel;
  Timestamp since;
  std::int64_t after = 0;
  std::function<void(Result<exchange::HeldPage>)> done;
};

/// `done` once, on any thread. `calls` outlives it.
void begin_listing(ListingTask task, PeerCalls& calls);

}  // namespace tram::transport
