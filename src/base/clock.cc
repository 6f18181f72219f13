#include "base/clock.h"

#include <charconv>
#include <cstdio>

namespace tram {

Timestamp SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

std::string to_rfc3339(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char out[64];
  const int length =
      std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {out, static_cast<std::size_t>(length)};
}

namespace {

// Reads exactly `width` decimal digits at `at`.
bool digits(std::string_view text, std::size_t at, std::size_t width, int& out) {
  if (at + width > text.size()) return false;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  std::from_chars(text.data() + at, text.data() + at + width, out);
  return true;
}

Error not_a_time(std::string_view text) {
  return invalid("", "TIME_MALFORMED", "\"" + std::string(text.substr(0, 40)) + "\" is not a time",
                 "write UTC as in 2026-11-24T18:20:11.123456Z");
}

}  // namespace

Result<Timestamp> from_rfc3339(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  const bool shape = text.size() >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
                     text[13] == ':' && text[16] == ':' && text.back() == 'Z' && digits(text, 0, 4, year) &&
                     digits(text, 5, 2, month) && digits(text, 8, 2, day) && digits(text, 11, 2, hour) &&
                     digits(text, 14, 2, minute) && digits(text, 17, 2, second);
  if (!shape || hour > 23 || minute > 59 || second > 59) return not_a_time(text);
  if (text.size() > 20) {
    const std::size_t decimals = text.size() - 21;
    if (text[19] != '.' || decimals < 1 || decimals > 6 || !digits(text, 20, decimals, micros))
      return not_a_time(text);
    for (std::size_t i = decimals; i < 6; ++i) micros *= 10;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return not_a_time(text);
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + Duration(micros);
}

}  // namespace tram
