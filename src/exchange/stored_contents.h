// Attachments on their way out of the store, while a collector may move them.
#pragma once

#include <cstdint>
#include <vector>

#include "exchange/context.h"

namespace tram::exchange {

/// One an attachment, in the header's order: their bytes if all together are at most `inline_limit` long,
/// else that they are fetched or uploaded apart, which compares their digests at the other end. The bytes are
/// those of the digests that were signed: else DATA_LOSS, CONTENT_DAMAGED. DATA_LOSS, CONTENT_PRUNED if they
/// were removed by rule; other errors are those of ContentStore::read(). Blocks on the disk.
[[nodiscard]] Result<std::vector<HopContent>> load_contents(const Context& context,
                                                            const StoredMessage& message,
                                                            std::uint64_t inline_limit);

/// The location of one content with a pin, for who reads it in several steps. Errors as above.
[[nodiscard]] Result<ContentLocation> hold_content(const Services& services, const StoredMessage& message,
                                                   std::size_t index);

}  // namespace tram::exchange
