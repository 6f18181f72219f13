// The spellings of the header's words, for its writer and its reader.
#pragma once

#include <array>
#include <string_view>

#include "model/message.h"

namespace tram::codec {

/// In the order of the enumerations; MessageKind and SignedBy count from 1.
inline constexpr std::array<std::string_view, 2> kKindSpellings{"dispatch", "status"};
inline constexpr std::array<std::string_view, 4> kBusinessSpellings{"new", "recall", "update", "replace"};
inline constexpr std::array<std::string_view, 3> kSignedBySpellings{"agency", "seal", "node"};

[[nodiscard]] constexpr std::string_view spelling(MessageKind kind) {
  return kKindSpellings.at(static_cast<std::size_t>(kind) - 1);
}
[[nodiscard]] constexpr std::string_view spelling(BusinessKind kind) {
  return kBusinessSpellings.at(static_cast<std::size_t>(kind));
}
[[nodiscard]] constexpr std::string_view spelling(SignedBy by) {
  return kSignedBySpellings.at(static_cast<std::size_t>(by) - 1);
}

}  // namespace tram::codec
