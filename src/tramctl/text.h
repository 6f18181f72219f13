// Text for people: times, durations, sizes and tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace tram::client {

/// "850 µs", "12.3 ms", "1.234 s", "2 min 05 s", "3 h 04 min", "2 d 03 h"; negative ones with "-".
[[nodiscard]] std::string duration_text(Duration duration);
/// "17 B", "1.5 KiB", "300.0 MiB".
[[nodiscard]] std::string size_text(std::uint64_t bytes);
/// Local time with milliseconds: "2026-11-24 18:20:11.123".
[[nodiscard]] std::string local_time(Timestamp time);
/// The same of an RFC 3339 text; the text itself if it is none.
[[nodiscard]] std::string local_time(const std::string& rfc3339);
/// "+0700": the local zone at that time.
[[nodiscard]] std::string local_zone(Timestamp time);
/// What came from elsewhere, made safe for a terminal, on one line.
[[nodiscard]] std::string shown(std::string_view text);
/// One word for a POSIX shell.
[[nodiscard]] std::string shell_word(const std::string& text);
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");

/// Columns aligned by characters.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) { add(std::move(heading)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }
  /// Lines without a last LF.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tram::client
