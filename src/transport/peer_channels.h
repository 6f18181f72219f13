// Channels to peers, and the check of who answers. For the sources of this folder.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/auth_context.h>

#include <memory>
#include <string>

#include "transport/peer_client.h"

namespace tram::transport {

/// A connection of its own: it shares none with other channels, and a fresh one does not wait for another's
/// pause.
[[nodiscard]] std::shared_ptr<grpc::Channel> make_channel(const PeerOptions& options, const PeerLink& link);

/// PERMISSION_DENIED, WRONG_CERTIFICATE, unless exactly the link's certificate answered.
[[nodiscard]] Result<void> check_peer(const std::shared_ptr<const grpc::AuthContext>& connection,
                                      const PeerLink& link);

/// UNAVAILABLE: the peer ended a stream without an error.
[[nodiscard]] Error ended_early();

}  // namespace tram::transport
