// JSON read strictly into a small tree, for the readers of this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace tram::codec {

/// One value. Objects keep the order and have each name once.
struct JsonValue {
  /// `fraction` is any number that is no integer from -(2^63) to 2^63 - 1 as written: 1.0, 1e3, -0 and 2^63.
  enum class Kind : std::uint8_t { null, boolean, integer, fraction, text, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;
  std::vector<std::string> names;  ///< of an object's members; their values are `items`
  std::vector<JsonValue> items;    ///< of an array or object

  /// The member of that name; nullptr if there is none or this is no object.
  [[nodiscard]] const JsonValue* find(std::string_view name) const;
};

inline constexpr std::size_t kMaxJsonDepth = 16;
inline constexpr std::size_t kMaxJsonArray = 4096;
inline constexpr std::size_t kMaxJsonMembers = 64;     ///< of one object
inline constexpr std::size_t kMaxJsonText = 8 * 1024;  ///< bytes of one string
inline constexpr std::size_t kMaxJsonValues = 16'384;  ///< in all

/// RFC 8259, and: UTF-8, at most `max_bytes`, no name twice in an object, nothing behind the value, and the
/// bounds above. Errors: INVALID_ARGUMENT; JSON_TOO_LARGE, TEXT_MALFORMED, JSON_MALFORMED with the byte's
/// place.
[[nodiscard]] Result<JsonValue> parse_json(BytesView json, std::size_t max_bytes);

}  // namespace tram::codec
