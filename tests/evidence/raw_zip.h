// ZIP files byte by byte: what no library would write.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace tram::evidence::test {

struct RawMember {
  std::string name;
  Bytes data;  ///< as stored
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint32_t size = 0;  ///< claimed, uncompressed
  std::uint16_t flags = 0x0800;
  Bytes local_extra, central_extra;
  std::uint32_t external = 0100644U << 16;
  Bytes gap;  ///< bytes before its local header
};

/// Appends a number, little-endian.
void put(Bytes& out, std::uint64_t value, int width);

/// Stored, with the right CRC.
RawMember stored(std::string name, BytesView content);
/// Deflated, with the right CRC.
RawMember deflated(std::string name, BytesView content);
Bytes raw_zip(const std::vector<RawMember>& members);

/// The members of a container that write_container() made.
std::vector<RawMember> members_of(BytesView container);

}  // namespace tram::evidence::test
