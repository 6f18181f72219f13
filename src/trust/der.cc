#include "trust/der.h"

#include <algorithm>

namespace tram::trust::der {
namespace {

std::uint8_t octet(BytesView bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

struct Length {
  std::size_t header = 0;  // bytes of tag and length
  std::size_t content = 0;
};

// X.690 clause 10.1: the shortest form, never indefinite.
std::optional<Length> length_of(BytesView bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const std::uint8_t first = octet(bytes, 1);
  if (first < 0x80) return Length{2, first};
  if (first == 0x81 && bytes.size() >= 3 && octet(bytes, 2) >= 0x80) return Length{3, octet(bytes, 2)};
  if (first == 0x82 && bytes.size() >= 4 && octet(bytes, 2) != 0)
    return Length{4, std::size_t{octet(bytes, 2)} << 8 | octet(bytes, 3)};
  return std::nullopt;
}

std::string digits(std::size_t width, unsigned value) {
  std::string out(width, '0');
  for (std::size_t at = width; at-- > 0; value /= 10) out[at] = static_cast<char>('0' + value % 10);
  return out;
}

std::optional<unsigned> number(BytesView text) {
  unsigned out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + static_cast<unsigned>(c - '0');
  }
  return out;
}

// "MMDDHHMMSS" of a year.
std::optional<Timestamp> time_in_year(unsigned year, BytesView text) {
  const auto month = number(text.substr(0, 2));
  const auto day = number(text.substr(2, 2));
  const auto hour = number(text.substr(4, 2));
  const auto minute = number(text.substr(6, 2));
  const auto second = number(text.substr(8, 2));
  if (!month || !day || !hour || !minute || !second) return std::nullopt;
  const auto date =
      std::chrono::year(static_cast<int>(year)) / std::chrono::month(*month) / std::chrono::day(*day);
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return Timestamp(std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                   std::chrono::seconds(*second));
}

}  // namespace

std::optional<Element> Reader::next() {
  const auto length = length_of(rest_);
  if (!length || length->content > rest_.size() - length->header) return std::nullopt;
  if ((octet(rest_, 0) & 0x1F) == 0x1F) return std::nullopt;  // a tag of several bytes
  Element out{octet(rest_, 0), rest_.substr(length->header, length->content),
              rest_.substr(0, length->header + length->content)};
  rest_.remove_prefix(out.whole.size());
  return out;
}

std::optional<BytesView> Reader::take(std::uint8_t tag) {
  if (!next_is(tag)) return std::nullopt;
  const auto element = next();
  if (!element) return std::nullopt;
  return element->content;
}

std::optional<BytesView> only(BytesView bytes, std::uint8_t tag) {
  Reader reader(bytes);
  auto content = reader.take(tag);
  return reader.at_end() ? content : std::nullopt;
}

Bytes element(std::uint8_t tag, std::initializer_list<BytesView> parts) {
  std::size_t size = 0;
  for (const BytesView part : parts) size += part.size();
  Bytes out;
  out.reserve(size + 4);
  out.push_back(static_cast<char>(tag));
  if (size >= 0x100) {
    out.push_back(static_cast<char>(0x82));
    out.push_back(static_cast<char>(size >> 8));
  } else if (size >= 0x80) {
    out.push_back(static_cast<char>(0x81));
  }
  out.push_back(static_cast<char>(size & 0xFF));
  for (const BytesView part : parts) out.append(part);
  return out;
}

Bytes encode_time(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const bool utc = year >= 1950 && year < 2050;
  const std::string text =
      (utc ? digits(2, year % 100) : digits(4, year)) + digits(2, static_cast<unsigned>(date.month())) +
      digits(2, static_cast<unsigned>(date.day())) + digits(2, static_cast<unsigned>(clock.hours().count())) +
      digits(2, static_cast<unsigned>(clock.minutes().count())) +
      digits(2, static_cast<unsigned>(clock.seconds().count())) + "Z";
  return element(utc ? kUtcTime : kGeneralizedTime, {text});
}

std::optional<Timestamp> decode_time(const Element& element) {
  const BytesView text = element.content;
  const std::size_t year_digits = element.tag == kUtcTime ? 2 : 4;
  if (element.tag != kUtcTime && element.tag != kGeneralizedTime) return std::nullopt;
  if (text.size() != year_digits + 11 || text.back() != 'Z') return std::nullopt;
  auto year = number(text.substr(0, year_digits));
  if (!year) return std::nullopt;
  if (element.tag == kUtcTime) *year += *year < 50 ? 2000U : 1900U;
  const bool must_be_utc = *year >= 1950 && *year < 2050;
  if (must_be_utc != (element.tag == kUtcTime)) return std::nullopt;
  return time_in_year(*year, text.substr(year_digits, 10));
}

}  // namespace tram::trust::der
