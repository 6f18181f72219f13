// What waits for a link, as it goes on the wire.
#pragma once

#include "exchange/context.h"

namespace tram::exchange {

/// Reads a claimed item's message or receipts from the stores. Content above the inline limit of this node or
/// the peer is named as uploaded; an old message goes with the proof of its acceptance. Sets `item`.key.
/// Blocks; errors are the stores'.
[[nodiscard]] Result<HopItem> load_hop(const Context& context, OutgoingItem& item, const PeerHello& peer);

/// Bytes the item takes in a relay frame, at least approximately.
[[nodiscard]] std::size_t wire_size(const HopItem& item);

/// The certificates that the peer needs to judge the item, if it is a message.
[[nodiscard]] std::vector<Digest> certificates_of(const Context& context, const OutgoingItem& item);

/// Whether another try cannot change the error: the item dies, the link goes on.
[[nodiscard]] bool is_permanent(const Error& error);

}  // namespace tram::exchange
