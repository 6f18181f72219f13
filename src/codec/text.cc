#include "codec/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tram::codec {
namespace {

constexpr std::ptrdiff_t kMostOfOne = 4;  // code points that one is decomposed or folded into

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Decodes one character of valid UTF-8 and steps over it.
utf8proc_int32_t next(std::string_view& text) {
  utf8proc_int32_t point = 0;
  const utf8proc_ssize_t width = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                  static_cast<utf8proc_ssize_t>(text.size()), &point);
  text.remove_prefix(width > 0 ? static_cast<std::size_t>(width) : 1);
  return width > 0 ? point : -1;
}

// Puts each run of combining marks into canonical order (Unicode, section 3.11).
void sort_marks(std::vector<utf8proc_int32_t>& points) {
  const auto order = [](utf8proc_int32_t point) { return utf8proc_get_property(point)->combining_class; };
  const auto is_mark = [&](utf8proc_int32_t point) { return order(point) != 0; };
  for (auto begin = points.begin(); begin != points.end();) {
    begin = std::find_if(begin, points.end(), is_mark);
    const auto end = std::find_if_not(begin, points.end(), is_mark);
    std::stable_sort(begin, end, [&](auto left, auto right) { return order(left) < order(right); });
    begin = end;
  }
}

std::vector<utf8proc_int32_t> decomposed(std::string_view text, utf8proc_option_t options) {
  std::vector<utf8proc_int32_t> out;
  out.reserve(text.size() + 1);
  while (!text.empty()) {
    std::array<utf8proc_int32_t, kMostOfOne> parts{};
    int unused = 0;
    const auto count = utf8proc_decompose_char(next(text), parts.data(), kMostOfOne, options, &unused);
    out.insert(out.end(), parts.begin(), parts.begin() + std::clamp<std::ptrdiff_t>(count, 0, kMostOfOne));
  }
  return out;
}

// What utf8proc_map() does in time that grows with the square of a run of marks, since it sorts them by
// exchanging neighbours. The bound stands here so that no caller can forget it.
std::optional<std::string> mapped(std::string_view text, int options) {
  const auto length = utf8_length(text);
  if (!length || *length > kMaxNormalised) return std::nullopt;
  const auto chosen = static_cast<utf8proc_option_t>(options);
  std::vector<utf8proc_int32_t> points = decomposed(text, chosen);
  sort_marks(points);
  const auto count = static_cast<utf8proc_ssize_t>(points.size());
  points.push_back(0);  // where the library ends the UTF-8 that it writes over them
  const utf8proc_ssize_t size = utf8proc_reencode(points.data(), count, chosen);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(points.data()), static_cast<std::size_t>(size));
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
