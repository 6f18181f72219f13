#include "tramctl/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "codec/date.h"
#include "codec/text.h"
#include "model/message_rules.h"

namespace tram::client {
namespace {

using Spelling = std::pair<std::string_view, Priority>;
constexpr std::array<Spelling, 25> kPriorities{{
    {"0", Priority::routine},
    {"1", Priority::urgent},
    {"2", Priority::very_urgent},
    {"3", Priority::express},
    {"4", Priority::express_at_hour},
    {"thường", Priority::routine},
    {"khẩn", Priority::urgent},
    {"thượng-khẩn", Priority::very_urgent},
    {"hỏa-tốc", Priority::express},
    {"hoả-tốc", Priority::express},
    {"hỏa-tốc-hẹn-giờ", Priority::express_at_hour},
    {"hoả-tốc-hẹn-giờ", Priority::express_at_hour},
    {"thuong", Priority::routine},
    {"khan", Priority::urgent},
    {"thuong-khan", Priority::very_urgent},
    {"hoa-toc", Priority::express},
    {"hoa-toc-hen-gio", Priority::express_at_hour},
    {"routine", Priority::routine},
    {"urgent", Priority::urgent},
    {"very-urgent", Priority::very_urgent},
    {"express", Priority::express},
    {"express-at-hour", Priority::express_at_hour},
    {"hỏa-tốc-hẹn-gio", Priority::express_at_hour},
    {"thượng-khan", Priority::very_urgent},
    {"hỏa-toc", Priority::express},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 30> kMediaTypes{{
    {"pdf", "application/pdf"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"rtf", "application/rtf"},
    {"txt", "text/plain"},
    {"md", "text/markdown"},
    {"csv", "text/csv"},
    {"html", "text/html"},
    {"htm", "text/html"},
    {"xml", "application/xml"},
    {"edxml", "application/xml"},
    {"json", "application/json"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"png", "image/png"},
    {"gif", "image/gif"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"zip", "application/zip"},
    {"7z", "application/x-7z-compressed"},
    {"mp4", "video/mp4"},
    {"mp3", "audio/mpeg"},
    {"asice", "application/vnd.etsi.asic-e+zip"},
}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Minutes east of UTC of a trailing "+07:00", which is cut off.
std::optional<int> take_offset(std::string& text) {
  if (text.size() < 6) return std::nullopt;
  const std::string tail = text.substr(text.size() - 6);
  if ((tail[0] != '+' && tail[0] != '-') || tail[3] != ':') return std::nullopt;
  const auto hours = number(std::string_view(tail).substr(1, 2));
  const auto minutes = number(std::string_view(tail).substr(4, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  text = text.substr(0, text.size() - 6) + "Z";
  const int east = static_cast<int>(*hours * 60 + *minutes);
  return tail[0] == '-' ? -east : east;
}

}  // namespace

Result<Priority> priority_from(std::string_view text, const std::string& option) {
  std::string word;
  if (auto nfc = codec::to_nfc(text)) word = codec::fold_case(*nfc);
  std::replace(word.begin(), word.end(), ' ', '-');
  std::replace(word.begin(), word.end(), '_', '-');
  for (const auto& [spelling, priority] : kPriorities)
    if (word == spelling) return priority;
  return invalid(option, "PRIORITY_UNKNOWN", "\"" + codec::clean_text(text, 64) + "\" is no priority",
                 "write thường, khẩn, thượng-khẩn, hỏa-tốc, hỏa-tốc-hẹn-giờ or 0 to 4");
}

Result<BusinessKind> business_from(std::string_view text) {
  constexpr std::array<std::string_view, 4> kKinds{"new", "recall", "update", "replace"};
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (text == kKinds.at(i)) return static_cast<BusinessKind>(i);
  return invalid("--business", "BUSINESS_UNKNOWN",
                 "\"" + codec::clean_text(text, 64) + "\" is no kind of business",
                 "write new, recall, update or replace");
}

Result<StatusCode> status_from(std::string_view text) {
  const auto value = text.size() <= 2 ? number(text) : std::nullopt;
  if (value)
    if (const Result<StatusCode> code = status_code_from(*value)) return *code;
  return invalid("CODE", "STATUS_UNKNOWN", "\"" + codec::clean_text(text, 64) + "\" is no status code",
                 "write 01 to 06, 13, 15 or 16");
}

Result<AgencyCode> agency_from(std::string_view text, const std::string& option) {
  const Result<AgencyCode> code = AgencyCode::parse(text);
  if (code) return *code;
  return invalid(option, code.error().reason, code.error().message, "write it like H52.01 or 000.00.01.H52");
}

Result<MessageKey> key_from(std::string_view text, const AgencyCode& sender, const std::string& option) {
  const std::size_t slash = text.find('/');
  MessageKey key;
  key.sender = sender;
  if (slash != std::string_view::npos) {
    const Result<AgencyCode> code = agency_from(text.substr(0, slash), option);
    if (!code) return code.error();
    key.sender = *code;
    text.remove_prefix(slash + 1);
  }
  if (key.sender.empty())
    return invalid(option, "SENDER_MISSING", "it is not said who sent the message",
                   "write SENDER/ID, like H52.01/" + codec::clean_text(text, 80));
  if (!is_message_id(text))
    return invalid(option, "MESSAGE_ID_MALFORMED", "\"" + codec::clean_text(text, 80) + "\" is no message id",
                   "write SENDER/ID; an id has 1 to 64 of 0-9 A-Z a-z . _ -");
  key.id = MessageId(std::string(text));
  return key;
}

Result<ResponseFor> response_from(std::string_view text) {
  const std::size_t slash = text.find('/');
  const Result<AgencyCode> code = agency_from(text.substr(0, slash), "--response-for");
  if (!code) return code.error();
  if (slash == std::string_view::npos || slash + 1 == text.size())
    return invalid("--response-for", "ID_MISSING", "it does not say which document", "write AGENCY/ID");
  ResponseFor out;
  out.agency = *code;
  out.id = std::string(text.substr(slash + 1));
  return out;
}

Result<Timestamp> time_from(std::string_view text, const std::string& option) {
  std::string utc(text);
  const int east = take_offset(utc).value_or(0);
  const Result<Timestamp> time = from_rfc3339(utc);
  if (time) return *time - std::chrono::minutes(east);
  return invalid(option, "TIME_MALFORMED", "\"" + codec::clean_text(text, 64) + "\" is no time of RFC 3339",
                 "write it like 2026-11-24T18:20:00+07:00 or 2026-11-24T11:20:00Z");
}

Result<std::chrono::year_month_day> date_from(std::string_view text, const std::string& option) {
  if (const auto date = codec::date_from(text)) return *date;
  return invalid(option, "DATE_MALFORMED", "\"" + codec::clean_text(text, 64) + "\" is no date",
                 "write it like 2026-11-24");
}

std::string media_type_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    const std::string extension = lower(name.substr(dot + 1));
    for (const auto& [known, type] : kMediaTypes)
      if (extension == known) return std::string(type);
  }
  return "application/octet-stream";
}

bool is_usage(const Error& error) {
  return error.reason == "USAGE" || error.field.starts_with("--") || error.field == "FILE" ||
         error.field == "MESSAGE" || error.field == "CODE";
}

Error usage(Error error) {
  Error out = invalid("", "USAGE", "what was given is not well formed");
  out.causes = error.causes.empty() ? std::vector<Error>{error} : std::move(error.causes);
  return out;
}

}  // namespace tram::client
