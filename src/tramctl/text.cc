#include "tramctl/text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "codec/text.h"
#include "model/message_rules.h"

namespace tram::client {
namespace {

constexpr std::size_t kMaxShown = 4096;  // bytes

template <class... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 96> out{};
  const int length = std::snprintf(out.data(), out.size(), pattern, values...);
  return {out.data(), static_cast<std::size_t>(std::clamp<int>(length, 0, out.size() - 1))};
}

std::tm local(Timestamp time) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm out{};
  ::localtime_r(&seconds, &out);
  return out;
}

std::string strftime_text(const char* pattern, const std::tm& time) {
  std::array<char, 64> out{};
  return {out.data(), std::strftime(out.data(), out.size(), pattern, &time)};
}

std::size_t width(const std::string& text) { return utf8_length(text).value_or(text.size()); }

}  // namespace

std::string duration_text(Duration duration) {
  const long long us = duration.count();
  if (us < 0) return "-" + duration_text(-duration);
  if (us < 1000) return format("%lld µs", us);
  if (us < 1'000'000) return format("%.1f ms", static_cast<double>(us) / 1e3);
  if (us < 60'000'000) return format("%.3f s", static_cast<double>(us) / 1e6);
  const long long seconds = us / 1'000'000;
  if (seconds < 3600) return format("%lld min %02lld s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return format("%lld h %02lld min", seconds / 3600, seconds / 60 % 60);
  return format("%lld d %02lld h", seconds / 86'400, seconds / 3600 % 24);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return format("%.1f %s", value, kUnits.at(unit));
}

std::string local_time(Timestamp time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const long long millis = (time - whole).count() / 1000;
  return strftime_text("%Y-%m-%d %H:%M:%S", local(time)) + format(".%03lld", millis);
}

std::string local_time(const std::string& rfc3339) {
  const Result<Timestamp> time = from_rfc3339(rfc3339);
  return time ? local_time(*time) : shown(rfc3339);
}

std::string local_zone(Timestamp time) { return strftime_text("%z", local(time)); }

std::string shown(std::string_view text) {
  std::string out = codec::clean_text(text, kMaxShown);
  return codec::has_hidden_characters(out) ? "(text with hidden characters)" : out;
}

std::string shell_word(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-' || c == '/' || c == '+' || c == ':' || c == '=' || c == ',';
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : std::string(between)) + part;
  return out;
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + (i + 1 < row.size() ? std::string(widths[i] - width(row[i]) + 2, ' ') : "");
    line.erase(line.find_last_not_of(' ') + 1);
    out += (out.empty() ? "" : "\n") + line;
  }
  return out;
}

}  // namespace tram::client
