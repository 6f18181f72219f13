// What waits in a caller's inbox, a page at a time, as protobuf.
#pragma once

#include <tram/v1/exchange.pb.h>

#include "base/error.h"
#include "exchange/node.h"

namespace tram::transport {

/// One page of the caller's own inbox. Errors: INVALID_ARGUMENT naming "limit" or "page_token"; those of
/// Node::waiting(). Blocks on the store.
[[nodiscard]] Result<v1::ListInboxResponse> list_inbox(const exchange::Node& node,
                                                       const exchange::Identity& who,
                                                       const v1::ListInboxRequest& request);

}  // namespace tram::transport
