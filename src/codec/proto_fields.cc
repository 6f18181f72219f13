#include "codec/proto_fields.h"

#include "codec/date.h"

namespace tram::codec {
namespace {

void add_as(Error error, const std::string& field, Causes& causes) {
  error.field = field;
  causes.add(std::move(error));
}

}  // namespace

std::string numbered(const std::string& field, int i) { return field + "[" + std::to_string(i) + "]"; }

bool within_limit(int count, std::size_t limit, const std::string& field, Causes& causes) {
  if (static_cast<std::size_t>(count) <= limit) return true;
  causes.add(field, "TOO_MANY", "at most " + std::to_string(limit) + " are allowed");
  return false;
}

AgencyCode read_agency(const std::string& text, const std::string& field, Causes& causes) {
  if (text.empty()) return {};
  auto code = AgencyCode::parse(text);
  if (code) return *code;
  add_as(code.error(), field, causes);
  return {};
}

std::vector<AgencyCode> read_agencies(const RepeatedTexts& texts, const std::string& field, std::size_t limit,
                                      Causes& causes) {
  std::vector<AgencyCode> out;
  if (!within_limit(texts.size(), limit, field, causes)) return out;
  for (int i = 0; i < texts.size(); ++i) out.push_back(read_agency(texts[i], numbered(field, i), causes));
  return out;
}

std::vector<std::string> read_texts(const RepeatedTexts& texts, const std::string& field, std::size_t limit,
                                    Causes& causes) {
  if (!within_limit(texts.size(), limit, field, causes)) return {};
  return {texts.begin(), texts.end()};
}

std::optional<std::chrono::year_month_day> read_date(const std::string& text, const std::string& field,
                                                     Causes& causes) {
  if (text.empty()) return std::nullopt;
  auto date = date_from(text);
  if (!date) causes.add(field, "DATE_MALFORMED", "not a date", "write it as in 2026-11-24");
  return date;
}

std::optional<Timestamp> read_time(const std::string& text, const std::string& field, Causes& causes) {
  if (text.empty()) return std::nullopt;
  auto time = from_rfc3339(text);
  if (time) return *time;
  add_as(time.error(), field, causes);
  return std::nullopt;
}

Digest read_digest(const std::string& bytes, const std::string& field, Causes& causes) {
  auto digest = Digest::from_bytes(bytes);
  if (digest) return *digest;
  add_as(digest.error(), field, causes);
  return {};
}

}  // namespace tram::codec
