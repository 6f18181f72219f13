// The life of a message and the agencies known, as protobuf.
#pragma once

#include <tram/v1/exchange.pb.h>

#include "exchange/node.h"

namespace tram::transport {

[[nodiscard]] v1::TrackResponse to_proto(const exchange::TrackView& view);
[[nodiscard]] v1::ListAgenciesResponse agencies_to_proto(const exchange::Node& node);

}  // namespace tram::transport
