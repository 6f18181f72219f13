#include "tramd/logging.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>

namespace tram::daemon {
namespace {

constexpr std::size_t kLongText = 2000;
constexpr std::chrono::milliseconds kGather(10);
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, kLogFields> kFields = {
    "message", "sender",      "recipient", "recipients", "delivery", "stage",  "micros",  "peer",
    "link",    "certificate", "address",   "code",       "reason",   "detail", "remedy",  "count",
    "bytes",   "node",        "version",   "alarm",      "about",    "by",     "left_out"};

/// Bytes of the UTF-8 sequence that `text` begins with (RFC 3629 section 4); 0 if it is none.
std::size_t utf8_sequence(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((at(i) & 0xC0) != 0x80) return 0;
  const bool overlong = (first == 0xE0 && at(1) < 0xA0) || (first == 0xF0 && at(1) < 0x90);
  const bool beyond = (first == 0xED && at(1) > 0x9F) || (first == 0xF4 && at(1) > 0x8F);
  return overlong || beyond ? 0 : length;
}

void append_escaped(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    default:
      if (const auto byte = static_cast<unsigned char>(c); byte < 0x20 || byte == 0x7F)
        ((out += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
      else
        out += c;
  }
}

void append_text(std::string& out, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  ((out += ",\"") += key) += "\":";
  if (text.size() <= kLongText) return append_json_string(out, text);
  std::size_t end = kLongText;  // not in the middle of a character
  while (end > kLongText - 4 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  append_json_string(out, std::string(text.substr(0, end)) + "…");
}

void append_value(std::string& out, const LogValue& value) {
  const std::string_view key = kFields[static_cast<std::size_t>(value.field)];
  if (const auto* text = std::get_if<std::string_view>(&value.value)) return append_text(out, key, *text);
  (((out += ",\"") += key) += "\":") += std::to_string(std::get<std::int64_t>(value.value));
}

/// Writes lines and counts them. When no other line waits it flushes, so that a reader sees the last one, and
/// then lets lines gather for a moment: a loaded node does not wake this thread for each.
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  /// `pool` runs it and ends before it. The sink owns no share of it: the last owner joins the pool's thread,
  /// which must not be that thread itself.
  LineSink(spdlog::sink_ptr inner, spdlog::details::thread_pool& pool)
      : inner_(std::move(inner)), pool_(pool) {
    inner_->set_pattern("%v");
  }

  /// Waits until `lines` were written, counting those the queue dropped.
  bool wait_for(std::uint64_t lines, std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, at_most, [&] { return written_ + dropped() >= lines; });
  }
  /// From now on no line waits for others.
  void hurry() {
    const std::lock_guard lock(mutex_);
    hurried_ = true;
    hurry_.notify_all();
  }
  [[nodiscard]] std::uint64_t dropped() const { return pool_.overrun_counter(); }

 protected:
  void sink_it_(const spdlog::details::log_msg& line) override {
    {
      const Counted counted{*this};  // a line that cannot be written is over, too
      inner_->log(line);
      if (pool_.queue_size() > 0) return;
      inner_->flush();
    }
    gather();
  }
  void flush_() override { inner_->flush(); }

 private:
  void gather() {
    std::unique_lock lock(mutex_);
    hurry_.wait_for(lock, kGather, [this] { return hurried_; });
  }
  struct Counted {
    LineSink& sink;
    ~Counted() {
      const std::lock_guard lock(sink.mutex_);
      ++sink.written_;
      sink.changed_.notify_all();
    }
  };

  spdlog::sink_ptr inner_;
  spdlog::details::thread_pool& pool_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t written_ = 0;  ///< guarded by mutex_
  std::condition_variable hurry_;
  bool hurried_ = false;  ///< guarded by mutex_: somebody waits for every line, to the end
};

spdlog::sink_ptr make_sink(const LogOptions& options) {
  if (options.file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file.string(), options.rotate_bytes,
                                                                options.rotate_files);
}

}  // namespace

struct EventLog::State {
  State(const Clock& c, const LogOptions& options)
      : clock(c),
        level(options.level),
        pool(std::make_shared<spdlog::details::thread_pool>(options.queue, 1)),
        sink(std::make_shared<LineSink>(make_sink(options), *pool)),
        logger(std::make_shared<spdlog::async_logger>("events", sink, pool,
                                                      spdlog::async_overflow_policy::overrun_oldest)) {}
  ~State() {
    sink->hurry();
    pool.reset();  // ends the writing thread before what it writes to
  }

  void write(LogLevel line_level, std::string_view event, const Error* error,
             std::initializer_list<LogValue> fields) {
    std::string line = "{\"time\":\"" + to_rfc3339(clock.now()) + "\",\"level\":\"";
    (line += name(line_level)) += "\",\"event\":";
    append_json_string(line, event);
    for (const LogValue& field : fields) append_value(line, field);
    if (error) {
      append_text(line, "code", name(error->code));
      append_text(line, "reason", error->reason);
      append_text(line, "detail", error->message);
      append_text(line, "remedy", error->remedy);
      append_text(line, "place", error->place);
    }
    line += '}';
    ++submitted;
    logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  }

  const Clock& clock;
  std::atomic<LogLevel> level;
  std::atomic<std::uint64_t> submitted{0};
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<LineSink> sink;
  std::shared_ptr<spdlog::async_logger> logger;
};

std::string_view name(LogLevel level) { return kLevels[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> log_level_from(std::string_view name) {
  const auto found = std::find(kLevels.begin(), kLevels.end(), name);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<LogLevel>(found - kLevels.begin());
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 1)
      append_escaped(out, text[0]);
    else if (length == 0)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  out += '"';
}

Result<std::unique_ptr<EventLog>> EventLog::open(const Clock& clock, LogOptions options) {
  try {
    return std::unique_ptr<EventLog>(new EventLog(std::make_unique<State>(clock, options)));
  } catch (const spdlog::spdlog_ex& error) {
    return failure(ErrorCode::unavailable, "LOG_FILE", error.what(),
                   "check logging.file and its folder's rights");
  }
}

EventLog::EventLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
EventLog::~EventLog() = default;  // the pool's destructor writes what waits

void EventLog::write(LogLevel level, std::string_view event,
                     std::initializer_list<LogValue> fields) noexcept {
  try {
    if (enabled(level)) state_->write(level, event, nullptr, fields);
  } catch (...) {  // no memory for a line: the work goes on without it
  }
}

void EventLog::write(LogLevel level, std::string_view event, const Error& error,
                     std::initializer_list<LogValue> fields) noexcept {
  try {
    if (enabled(level)) state_->write(level, event, &error, fields);
  } catch (...) {  // as above
  }
}

bool EventLog::enabled(LogLevel level) const { return level >= state_->level; }
void EventLog::set_level(LogLevel level) { state_->level = level; }
std::uint64_t EventLog::dropped() const { return state_->sink->dropped(); }

bool EventLog::flush(std::chrono::milliseconds at_most) {
  return state_->sink->wait_for(state_->submitted, at_most);
}

}  // namespace tram::daemon
