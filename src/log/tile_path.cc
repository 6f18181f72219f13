#include "log/tile_path.h"

#include "log/decimal.h"

namespace tram::log {
namespace {

constexpr std::string_view kTile = "tile/";
constexpr std::string_view kEntries = "entries";
constexpr std::string_view kPartial = ".p/";
constexpr std::uint64_t kMaxLevel = 63;
constexpr std::size_t kMaxIndexText = 34;  // seven groups hold every 64-bit number

Error malformed() { return invalid("", "TILE_PATH_MALFORMED", "not the path of a tile or an entry bundle"); }

std::string three_digits(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(3 - digits.size(), '0') + digits;
}

std::string format_index(std::uint64_t index) {
  std::string out = three_digits(index % 1000);
  for (index /= 1000; index != 0; index /= 1000) out = 'x' + three_digits(index % 1000) + '/' + out;
  return out;
}

// Any spelling made of groups; that it is the canonical one is checked by writing it again.
std::optional<std::uint64_t> parse_index(std::string_view text) {
  if (text.size() > kMaxIndexText) return std::nullopt;
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return digits.empty() ? std::nullopt : std::optional<std::uint64_t>(0);
  return parse_decimal(std::string_view(digits).substr(first));
}

}  // namespace

std::string format_tile_path(const TilePath& path) {
  std::string out(kTile);
  out += path.level ? std::to_string(*path.level) : std::string(kEntries);
  out += '/' + format_index(path.index);
  if (path.width < kTileWidth) out.append(kPartial) += std::to_string(path.width);
  return out;
}

Result<TilePath> parse_tile_path(std::string_view text) {
  TilePath path;
  std::string_view rest = text;
  if (!rest.starts_with(kTile)) return malformed();
  rest.remove_prefix(kTile.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return malformed();
  if (const std::string_view kind = rest.substr(0, slash); kind != kEntries) {
    const auto level = parse_decimal(kind);
    if (!level || *level > kMaxLevel) return malformed();
    path.level = static_cast<unsigned>(*level);
  }
  rest.remove_prefix(slash + 1);
  if (const std::size_t partial = rest.find(kPartial); partial != std::string_view::npos) {
    const auto width = parse_decimal(rest.substr(partial + kPartial.size()));
    if (!width || *width == 0 || *width >= kTileWidth) return malformed();
    path.width = *width;
    rest = rest.substr(0, partial);
  }
  const auto index = parse_index(rest);
  if (!index) return malformed();
  path.index = *index;
  if (format_tile_path(path) != text) return malformed();
  return path;
}

}  // namespace tram::log
