#include "codec/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "model/message_rules.h"

namespace tram::codec {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::string> mapped(std::string_view text, int options) {
  utf8proc_uint8_t* raw = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &raw, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(raw, &std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
}

// Decodes one character of valid UTF-8 and steps over it.
utf8proc_int32_t next(std::string_view& text) {
  utf8proc_int32_t point = 0;
  const utf8proc_ssize_t width = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                  static_cast<utf8proc_ssize_t>(text.size()), &point);
  text.remove_prefix(width > 0 ? static_cast<std::size_t>(width) : 1);
  return width > 0 ? point : -1;
}

bool is_hidden(utf8proc_int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return false;
  }
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Bytes of the valid character at the front; 0 if there is none.
std::size_t width_of_next(std::string_view text) {
  for (std::size_t width = 1; width <= std::min<std::size_t>(4, text.size()); ++width) {
    if (utf8_length(text.substr(0, width)) == 1) return width;
  }
  return 0;
}

}  // namespace

std::optional<std::string> to_nfc(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  if (!utf8_length(text)) return std::nullopt;
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string fold_case(std::string_view text) {
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD).value_or(std::string(text));
}

bool has_hidden_characters(std::string_view text) {
  while (!text.empty()) {
    const utf8proc_int32_t point = next(text);
    if (point < 0 || is_hidden(point)) return true;
  }
  return false;
}

std::string clean_text(std::string_view text, std::size_t limit) {
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
  std::string out;
  while (!text.empty()) {
    const std::size_t width = width_of_next(text);
    const std::string_view character = width == 0                 ? kReplacement
                                       : is_control(text.front()) ? " "
                                                                  : text.substr(0, width);
    if (out.size() + character.size() > limit) break;
    out += character;
    text.remove_prefix(std::max<std::size_t>(width, 1));
  }
  return out;
}

}  // namespace tram::codec
