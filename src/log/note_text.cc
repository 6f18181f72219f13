#include "log/note_text.h"

#include <cstdint>

namespace tram::log {
namespace {

constexpr std::uint32_t kNoCharacter = 0xffffffff;

struct Form {
  unsigned continuations;
  std::uint32_t first_bits;  // what the first byte contributes
  std::uint32_t smallest;    // below it the form is overlong
};

constexpr Form form_of(std::uint32_t first) {
  if (first < 0x80) return {0, first, 0};
  if (first >= 0xc0 && first < 0xe0) return {1, first & 0x1f, 0x80};
  if (first >= 0xe0 && first < 0xf0) return {2, first & 0x0f, 0x800};
  if (first >= 0xf0 && first < 0xf8) return {3, first & 0x07, 0x10000};
  return {0, kNoCharacter, 0};
}

// Takes the first character off `rest`, which is not empty; kNoCharacter if it is not UTF-8.
std::uint32_t take_character(BytesView& rest) {
  const Form form = form_of(static_cast<unsigned char>(rest.front()));
  if (rest.size() <= form.continuations) return kNoCharacter;
  std::uint32_t character = form.first_bits;
  for (unsigned i = 1; i <= form.continuations; ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    if ((byte & 0xc0) != 0x80) return kNoCharacter;
    character = character << 6 | (byte & 0x3fU);
  }
  rest.remove_prefix(1 + form.continuations);
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  return character < form.smallest || character > 0x10ffff || surrogate ? kNoCharacter : character;
}

// The property White_Space of Unicode 15.
bool is_space(std::uint32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

template <class Allowed>
bool every_character(BytesView bytes, Allowed allowed) {
  while (!bytes.empty()) {
    const std::uint32_t c = take_character(bytes);
    if (c == kNoCharacter || !allowed(c)) return false;
  }
  return true;
}

}  // namespace

bool is_note_text(BytesView bytes) {
  return every_character(bytes, [](std::uint32_t c) { return c >= 0x20 || c == '\n'; });
}

bool is_key_name(BytesView bytes) {
  return !bytes.empty() &&
         every_character(bytes, [](std::uint32_t c) { return c >= 0x20 && c != '+' && !is_space(c); });
}

}  // namespace tram::log
