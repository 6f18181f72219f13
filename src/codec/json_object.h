// Reads the members of one JSON object by type, and says what is wrong with each.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/sha256.h"
#include "codec/causes.h"
#include "codec/json_value.h"
#include "model/agency_code.h"

namespace tram::codec {

enum class Need { optional, required };

/// A view of one object; the value and the causes outlive it. A member that is absent or wrong reads as
/// empty; wrong ones, and absent ones that are required, leave a cause. One thread.
class JsonObject {
 public:
  /// `path` stands before the members' names in causes; "" for none.
  JsonObject(const JsonValue& value, std::string path, Causes& causes);

  [[nodiscard]] std::string text(std::string_view name, Need need = Need::optional) const;
  [[nodiscard]] bool boolean(std::string_view name) const;
  /// From 0 to `max`.
  [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t max,
                                     Need need = Need::optional) const;
  /// Canonical form only.
  [[nodiscard]] AgencyCode agency(std::string_view name, Need need = Need::optional) const;
  [[nodiscard]] std::optional<Timestamp> time(std::string_view name, Need need = Need::optional) const;
  [[nodiscard]] std::optional<std::chrono::year_month_day> date(std::string_view name) const;
  /// 64 lower-case hexadecimal digits; zero if absent.
  [[nodiscard]] Digest digest(std::string_view name, Need need = Need::optional) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name, std::size_t limit) const;
  [[nodiscard]] std::vector<AgencyCode> agencies(std::string_view name, std::size_t limit) const;
  /// The index of the text in `spellings`.
  [[nodiscard]] std::optional<std::size_t> choice(std::string_view name,
                                                  std::span<const std::string_view> spellings,
                                                  Need need = Need::optional) const;

  /// The object in a member, named by its path; nullopt if absent or wrong.
  [[nodiscard]] std::optional<JsonObject> object(std::string_view name, Need need = Need::optional) const;
  /// The same, with another path for its members.
  [[nodiscard]] std::optional<JsonObject> object_as(std::string_view name, std::string path, Need need) const;
  /// The objects of an array, "name[0]" and on.
  [[nodiscard]] std::vector<JsonObject> objects(std::string_view name, std::size_t limit) const;

  [[nodiscard]] std::string path(std::string_view name) const;
  [[nodiscard]] Causes& causes() const { return *causes_; }

 private:
  [[nodiscard]] const JsonValue* get(std::string_view name, JsonValue::Kind kind, Need need) const;
  [[nodiscard]] const JsonValue* array(std::string_view name, std::size_t limit) const;
  void wrong(std::string field, JsonValue::Kind wanted) const;
  [[nodiscard]] AgencyCode read_agency(const std::string& field, const std::string& text) const;

  const JsonValue* value_;
  std::string path_;
  Causes* causes_;
};

}  // namespace tram::codec
