#include "base/identifier.h"

#include <openssl/rand.h>

#include <stdexcept>

#include "base/encoding.h"

namespace tram {

std::string make_uuid7(Timestamp now) {
  unsigned char raw[16];
  if (RAND_bytes(raw, sizeof raw) != 1)
    throw std::runtime_error("the operating system's random source failed");
  const auto millis = static_cast<std::uint64_t>(to_micros(now) / 1000);
  for (int i = 0; i < 6; ++i) raw[i] = static_cast<unsigned char>(millis >> (40 - 8 * i));
  raw[6] = static_cast<unsigned char>((raw[6] & 0x0f) | 0x70);
  raw[8] = static_cast<unsigned char>((raw[8] & 0x3f) | 0x80);
  std::string out = to_hex({reinterpret_cast<const char*>(raw), sizeof raw});
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) out.insert(dash, 1, '-');
  return out;
}

}  // namespace tram
