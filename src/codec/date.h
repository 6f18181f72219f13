// Calendar dates as text.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tram::codec {

/// "2026-11-24" (ISO 8601 and RFC 3339 full-date).
[[nodiscard]] std::string to_text(std::chrono::year_month_day date);

/// Reads what to_text writes, for dates that exist.
[[nodiscard]] std::optional<std::chrono::year_month_day> date_from(std::string_view text);

}  // namespace tram::codec
