// Lists packed into one column, so that a message is one row.
//
//   list    = count *element
//   element = a fixed sequence of numbers and strings for each column, see packing.cc
//   number, count = 1 to 10 bytes, 7 bits each, the lowest first, the high bit set on all but the last
//   string  = number-of-bytes bytes
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/sha256.h"
#include "exchange/content_store.h"
#include "model/message.h"

namespace tram::store {

[[nodiscard]] Bytes pack(const std::vector<AgencyCode>& codes);
[[nodiscard]] Bytes pack(const std::vector<exchange::ContentLocation>& locations);
[[nodiscard]] Bytes pack(const std::vector<MessageKey>& keys);
/// Digests are 32 bytes each, without a count.
[[nodiscard]] Bytes pack(const std::vector<Digest>& digests);

/// Throw StorageFailed for bytes that pack() did not write.
[[nodiscard]] std::vector<AgencyCode> unpack_agencies(BytesView packed);
[[nodiscard]] std::vector<exchange::ContentLocation> unpack_locations(BytesView packed);
[[nodiscard]] std::vector<MessageKey> unpack_keys(BytesView packed);
[[nodiscard]] std::vector<Digest> unpack_digests(BytesView packed);

/// A code in a column of its own; empty text is no agency. Throws StorageFailed.
[[nodiscard]] AgencyCode stored_agency(std::string_view text);

}  // namespace tram::store
