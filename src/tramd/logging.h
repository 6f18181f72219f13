// The operational log: JSON, one object a line, for operators and their tools. It is not the evidence log.
//
//   {"time":"2026-11-24T18:20:11.123456Z","level":"info","event":"accepted","message":"…","sender":"H52.01",
//    "stage":"commit","micros":412}
//
// What may be said is a closed list of fields: none of them is for content, subjects, document numbers or
// secrets.
//
// Lines are written behind, by one thread with a bounded queue: a slow disk, a full one or a pipe that nobody
// reads must not hold up the committer or a network thread. When the queue is full the oldest lines are lost
// and counted: dropped(). A kill -9 loses the last lines; nothing relies on them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/clock.h"
#include "base/error.h"

namespace tram::daemon {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

[[nodiscard]] std::string_view name(LogLevel level);
[[nodiscard]] std::optional<LogLevel> log_level_from(std::string_view name);

/// Every field a line may have besides time, level and event. Add a name here, and in logging.cc its
/// spelling.
enum class LogField : std::uint8_t {
  message,      ///< the sender's id of a message
  sender,       ///< agency code
  recipient,    ///< agency code
  recipients,   ///< how many
  delivery,     ///< delivery id
  stage,        ///< where time went: "parse" … "receipt"
  micros,       ///< microseconds
  peer,         ///< node, link or system on the other side
  link,         ///< a link's name
  certificate,  ///< SHA-256, hexadecimal
  address,      ///< host:port
  code,         ///< gRPC's name of an error code
  reason,       ///< UPPER_SNAKE_CASE
  detail,       ///< a sentence for a person, cut at 2,000 bytes
  remedy,       ///< a sentence for a person, cut likewise
  count,
  bytes,
  node,      ///< agency code
  version,   ///< of the program
  alarm,     ///< its kind
  about,     ///< the link, agency, message … that an alarm is about
  by,        ///< who acknowledged it
  left_out,  ///< how many lines like this one were not written before it
};
inline constexpr std::size_t kLogFields = static_cast<std::size_t>(LogField::left_out) + 1;

/// One field with its value; borrowed, for the call alone. Texts that are empty are left out.
struct LogValue {
  LogField field;
  std::variant<std::string_view, std::int64_t> value;

  LogValue(LogField f, std::string_view text) : field(f), value(text) {}
  template <class Number>
    requires std::is_integral_v<Number>
  LogValue(LogField f, Number number) : field(f), value(static_cast<std::int64_t>(number)) {}
  LogValue(LogField f, Duration took) : field(f), value(static_cast<std::int64_t>(took.count())) {}
};

struct LogOptions {
  std::filesystem::path file{};  ///< empty: stderr, not rotated
  LogLevel level = LogLevel::info;
  std::uint64_t rotate_bytes = 64ULL << 20;  ///< a file that would grow beyond becomes file.1, file.2 …
  std::uint32_t rotate_files = 8;            ///< old files kept
  std::size_t queue = 8192;                  ///< lines that may wait
};

/// Threads: every method, any thread.
class EventLog {
 public:
  /// Opens or goes on with the file, creating its folder. UNAVAILABLE, LOG_FILE if that cannot be. `clock`
  /// outlives the log.
  [[nodiscard]] static Result<std::unique_ptr<EventLog>> open(const Clock& clock, LogOptions options);
  ~EventLog();  ///< writes what waits
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  /// `event` is a stable word or few: "accepted", "link connected". Never blocks on the disk, never throws.
  void write(LogLevel level, std::string_view event, std::initializer_list<LogValue> fields = {}) noexcept;
  /// code, reason, detail, remedy and place of an error, after `fields`.
  void write(LogLevel level, std::string_view event, const Error& error,
             std::initializer_list<LogValue> fields = {}) noexcept;

  [[nodiscard]] bool enabled(LogLevel level) const;  ///< before costly arguments
  void set_level(LogLevel level);
  /// Waits until what was written before has reached the operating system, but no longer than this; false if
  /// it has not. For the end of the process alone.
  bool flush(std::chrono::milliseconds at_most);
  [[nodiscard]] std::uint64_t dropped() const;  ///< lines lost because the queue was full

 private:
  struct State;
  explicit EventLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Appends `text` as a JSON string in quotes (RFC 8259 section 7). Bytes that are not UTF-8 become U+FFFD, so
/// that a line is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

}  // namespace tram::daemon
