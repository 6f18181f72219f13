// Strong string identifiers, and the identifiers we make ourselves.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

#include "base/clock.h"

namespace tram {

/// A string that cannot be confused with another kind of string. Tag names the kind.
template <class Tag>
class Identifier {
 public:
  Identifier() = default;
  explicit Identifier(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  auto operator<=>(const Identifier&) const = default;

 private:
  std::string text_;
};

/// A UUID version 7 (RFC 9562 section 5.7) in its 36-character text form: 48 bits of milliseconds from `now`,
/// then 74 random bits from the operating system. Ids made in order sort in order, to the millisecond.
[[nodiscard]] std::string make_uuid7(Timestamp now);

}  // namespace tram

template <class Tag>
struct std::hash<tram::Identifier<Tag>> {
  std::size_t operator()(const tram::Identifier<Tag>& id) const {
    return std::hash<std::string>()(id.text());
  }
};
