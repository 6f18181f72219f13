// Relay.Exchange as the sending node. For the sources of this folder.
#pragma once

#include <memory>

#include "transport/peer_calls.h"
#include "transport/peer_client.h"

namespace tram::transport {

/// Opens a stream. `calls` and `options` outlive it.
[[nodiscard]] std::unique_ptr<exchange::PeerStream> open_relay(
    const PeerOptions& options, const PeerLink& link, exchange::Lane lane, PeerCalls& calls,
    std::shared_ptr<exchange::PeerStreamEvents> events);

}  // namespace tram::transport
