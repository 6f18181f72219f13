#include "codec/date.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace tram::codec {

std::string to_text(std::chrono::year_month_day date) {
  char out[32];
  const int length = std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {out, static_cast<std::size_t>(length)};
}

std::optional<std::chrono::year_month_day> date_from(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t width) {
    int out = 0;
    const std::string_view digits = text.substr(at, width);
    const bool decimal =
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (decimal) std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return decimal ? out : -1;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

}  // namespace tram::codec
