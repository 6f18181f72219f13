// Content.Put as a client, from where an earlier try broke off. For the sources of this folder.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>

#include "transport/peer_calls.h"
#include "transport/peer_client.h"

namespace tram::transport {

/// What is uploaded, and to whom.
struct UploadTask {
  PeerLink link;
  std::shared_ptr<grpc::Channel> channel;
  Attachment attachment;
  exchange::ContentLocation location;
  std::function<void(Result<void>)> done;
  int tries = 3;  ///< an earlier writer may still store what it had when the peer is asked how much is there
};

/// `done` once, on any thread. The others outlive it.
void begin_upload(UploadTask task, exchange::ContentStore& contents, Executor& workers, PeerCalls& calls);

}  // namespace tram::transport
