#include "codec/json_object.h"

#include <algorithm>

#include "codec/date.h"

namespace tram::codec {
namespace {

std::string_view words(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::boolean:
      return "true or false is due here";
    case JsonValue::Kind::integer:
      return "an integer is due here";
    case JsonValue::Kind::text:
      return "a text is due here";
    case JsonValue::Kind::array:
      return "an array is due here";
    default:
      return "an object is due here";
  }
}

std::string numbered(const std::string& field, std::size_t i) {
  return field + "[" + std::to_string(i) + "]";
}

}  // namespace

JsonObject::JsonObject(const JsonValue& value, std::string path, Causes& causes)
    : value_(&value), path_(std::move(path)), causes_(&causes) {}

std::string JsonObject::path(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void JsonObject::wrong(std::string field, JsonValue::Kind wanted) const {
  causes_->add(std::move(field), "JSON_TYPE", std::string(words(wanted)));
}

const JsonValue* JsonObject::get(std::string_view name, JsonValue::Kind kind, Need need) const {
  const JsonValue* member = value_->find(name);
  if (member == nullptr) {
    if (need == Need::required) causes_->add(path(name), "FIELD_MISSING", "must be given");
    return nullptr;
  }
  if (member->kind == kind) return member;
  wrong(path(name), kind);
  return nullptr;
}

std::string JsonObject::text(std::string_view name, Need need) const {
  const JsonValue* member = get(name, JsonValue::Kind::text, need);
  return member != nullptr ? member->text : std::string();
}

bool JsonObject::boolean(std::string_view name) const {
  const JsonValue* member = get(name, JsonValue::Kind::boolean, Need::optional);
  return member != nullptr && member->boolean;
}

std::uint64_t JsonObject::number(std::string_view name, std::uint64_t max, Need need) const {
  const JsonValue* member = get(name, JsonValue::Kind::integer, need);
  if (member == nullptr) return 0;
  if (member->integer >= 0 && static_cast<std::uint64_t>(member->integer) <= max)
    return static_cast<std::uint64_t>(member->integer);
  causes_->add(path(name), "NUMBER_RANGE", "must be from 0 to " + std::to_string(max));
  return 0;
}

AgencyCode JsonObject::read_agency(const std::string& field, const std::string& text) const {
  auto code = AgencyCode::parse(text);
  if (!code) {
    Error error = code.error();
    error.field = field;
    causes_->add(std::move(error));
    return {};
  }
  if (code->text() == text) return *code;
  causes_->add(field, "AGENCY_CODE_MALFORMED", "the old form of an agency code is not allowed here",
               "write " + code->text());
  return {};
}

AgencyCode JsonObject::agency(std::string_view name, Need need) const {
  const JsonValue* member = get(name, JsonValue::Kind::text, need);
  return member != nullptr ? read_agency(path(name), member->text) : AgencyCode();
}

std::optional<Timestamp> JsonObject::time(std::string_view name, Need need) const {
  const JsonValue* member = get(name, JsonValue::Kind::text, need);
  if (member == nullptr) return std::nullopt;
  auto time = from_rfc3339(member->text);
  if (time) return *time;
  Error error = time.error();
  error.field = path(name);
  causes_->add(std::move(error));
  return std::nullopt;
}

std::optional<std::chrono::year_month_day> JsonObject::date(std::string_view name) const {
  const JsonValue* member = get(name, JsonValue::Kind::text, Need::optional);
  if (member == nullptr) return std::nullopt;
  auto date = date_from(member->text);
  if (!date) causes_->add(path(name), "DATE_MALFORMED", "not a date", "write it as in 2026-11-24");
  return date;
}

Digest JsonObject::digest(std::string_view name, Need need) const {
  const JsonValue* member = get(name, JsonValue::Kind::text, need);
  if (member == nullptr) return {};
  auto digest = Digest::from_hex(member->text);
  if (digest && digest->hex() == member->text) return *digest;
  causes_->add(path(name), "DIGEST_MALFORMED", "a SHA-256 digest has 64 lower-case hexadecimal digits");
  return {};
}

const JsonValue* JsonObject::array(std::string_view name, std::size_t limit) const {
  const JsonValue* member = get(name, JsonValue::Kind::array, Need::optional);
  if (member == nullptr || member->items.size() <= limit) return member;
  causes_->add(path(name), "TOO_MANY", "at most " + std::to_string(limit) + " are allowed");
  return nullptr;
}

std::vector<std::string> JsonObject::texts(std::string_view name, std::size_t limit) const {
  const JsonValue* member = array(name, limit);
  std::vector<std::string> out;
  if (member == nullptr) return out;
  for (std::size_t i = 0; i < member->items.size(); ++i) {
    const JsonValue& item = member->items[i];
    if (item.kind != JsonValue::Kind::text) wrong(numbered(path(name), i), JsonValue::Kind::text);
    out.push_back(item.text);
  }
  return out;
}

std::vector<AgencyCode> JsonObject::agencies(std::string_view name, std::size_t limit) const {
  const JsonValue* member = array(name, limit);
  std::vector<AgencyCode> out;
  if (member == nullptr) return out;
  for (std::size_t i = 0; i < member->items.size(); ++i) {
    const JsonValue& item = member->items[i];
    const std::string field = numbered(path(name), i);
    if (item.kind != JsonValue::Kind::text) wrong(field, JsonValue::Kind::text);
    out.push_back(item.kind == JsonValue::Kind::text ? read_agency(field, item.text) : AgencyCode());
  }
  return out;
}

std::optional<std::size_t> JsonObject::choice(std::string_view name,
                                              std::span<const std::string_view> spellings, Need need) const {
  const JsonValue* member = get(name, JsonValue::Kind::text, need);
  if (member == nullptr) return std::nullopt;
  const auto at = std::find(spellings.begin(), spellings.end(), member->text);
  if (at != spellings.end()) return static_cast<std::size_t>(at - spellings.begin());
  std::string known;
  for (const std::string_view spelling : spellings) {
    if (!known.empty()) known += ", ";
    known += spelling;
  }
  causes_->add(path(name), "WORD_UNKNOWN", "not one of the words known here", "use one of: " + known);
  return std::nullopt;
}

std::optional<JsonObject> JsonObject::object(std::string_view name, Need need) const {
  return object_as(name, path(name), need);
}

std::optional<JsonObject> JsonObject::object_as(std::string_view name, std::string path, Need need) const {
  const JsonValue* member = get(name, JsonValue::Kind::object, need);
  if (member == nullptr) return std::nullopt;
  return JsonObject(*member, std::move(path), *causes_);
}

std::vector<JsonObject> JsonObject::objects(std::string_view name, std::size_t limit) const {
  const JsonValue* member = array(name, limit);
  std::vector<JsonObject> out;
  if (member == nullptr) return out;
  for (std::size_t i = 0; i < member->items.size(); ++i) {
    const std::string field = numbered(path(name), i);
    if (member->items[i].kind != JsonValue::Kind::object) wrong(field, JsonValue::Kind::object);
    out.emplace_back(member->items[i], field, *causes_);
  }
  return out;
}

}  // namespace tram::codec
