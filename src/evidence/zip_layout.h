// Where every byte of a ZIP file belongs. libzip reads members; it does not say whether bytes lie before,
// between or behind them, or whether two members overlap. Here the file is walked from its first byte to its
// last:
//
//   file    = *(local-header name [zip64] data) *(central-header name [zip64]) [zip64-end locator] end
//
// in the same order in both lists, without comments, data descriptors, encryption or other extra fields
// (PKWARE APPNOTE 6.3.9, sections 4.3 to 4.5). What a local header and its central twin both say must be
// equal. Free are only the times, versions and permissions of a member, which containers repacked by other
// tools need: they describe no content.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace tram::evidence {

/// More members than any message has (100 attachments, two files for each of its receipts).
inline constexpr std::size_t kMaxMembers = 10000;

/// A member as the central directory describes it.
struct ZipMember {
  std::string name;  ///< raw bytes
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint64_t stored_size = 0;
  std::uint64_t size = 0;          ///< claimed, uncompressed
  std::uint64_t local_header = 0;  ///< offset
};

/// Walks the file. Reads headers alone, at most 16 MiB of them. INVALID_ARGUMENT, reason ZIP_LAYOUT, with the
/// member in `field` where one is at fault; NOT_FOUND, FILE_UNREADABLE.
[[nodiscard]] Result<std::vector<ZipMember>> read_zip_layout(const std::string& path);

}  // namespace tram::evidence
