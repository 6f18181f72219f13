// What goes between nodes: protobuf and the exchange's values.
#pragma once

#include <tram/v1/relay.pb.h>

#include "exchange/peers.h"
#include "model/message_rules.h"

namespace tram::transport {

/// Takes the bytes out of `item`. INVALID_ARGUMENT naming the field.
[[nodiscard]] Result<exchange::HopItem> from_proto(v1::HopItem& item, const MessageLimits& limits);
[[nodiscard]] v1::HopItem to_proto(exchange::HopItem item);

/// Answers of a newer protocol that are not known here are read as "retry".
[[nodiscard]] exchange::HopOutcome from_proto(const v1::ItemOutcome& outcome);
[[nodiscard]] v1::ItemOutcome to_proto(const exchange::HopOutcome& outcome);

/// FAILED_PRECONDITION, VERSION_UNSUPPORTED, if there is no version that both speak.
[[nodiscard]] Result<exchange::PeerHello> from_proto(const v1::Hello& hello);
[[nodiscard]] v1::Hello to_proto(const exchange::PeerHello& hello);

/// INVALID_ARGUMENT: more than a page may hold, or a malformed name.
[[nodiscard]] Result<exchange::HeldPage> from_proto(const v1::ListHeldResponse& page);
[[nodiscard]] v1::ListHeldResponse to_proto(const exchange::HeldPage& page);

}  // namespace tram::transport
