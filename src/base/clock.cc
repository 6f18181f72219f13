#include "base/clock.h"

#include <charconv>

namespace tram {

Timestamp SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

namespace {

// Puts the last digits of `value` into the places that end before `end`.
void put_digits(char* end, int width, unsigned value) {
  for (; width > 0; --width, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string to_rfc3339(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string out = "0000-00-00T00:00:00.000000Z";
  char* const at = out.data();
  put_digits(at + 4, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(at + 7, 2, static_cast<unsigned>(date.month()));
  put_digits(at + 10, 2, static_cast<unsigned>(date.day()));
  put_digits(at + 13, 2, static_cast<unsigned>(clock.hours().count()));
  put_digits(at + 16, 2, static_cast<unsigned>(clock.minutes().count()));
  put_digits(at + 19, 2, static_cast<unsigned>(clock.seconds().count()));
  put_digits(at + 26, 6, static_cast<unsigned>(clock.subseconds().count()));
  return out;
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
