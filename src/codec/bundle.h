// Receipt bundles as they wait in a queue.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "model/receipt.h"

namespace tram::codec {

/// Limits of one bundle, on the wire and at rest.
inline constexpr std::size_t kMaxBundleRecords = 4096;
inline constexpr std::size_t kMaxCheckpointBytes = 16 * 1024;
inline constexpr std::size_t kMaxOriginBytes = 255;
inline constexpr std::size_t kMaxAuditPath = 63;  ///< hashes; a tree has at most 2^63 leaves

[[nodiscard]] Bytes write_bundle(const ReceiptBundle& bundle);

/// Errors: INVALID_ARGUMENT, BUNDLE_MALFORMED, beyond the limits too.
[[nodiscard]] Result<ReceiptBundle> read_bundle(BytesView bytes);

}  // namespace tram::codec
