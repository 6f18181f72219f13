// Decimal numbers as checkpoints, proofs and tile paths write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tram::log {

/// Digits alone, no leading zero unless the number is 0, at most 2^64 - 1; nothing for any other text.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace tram::log
