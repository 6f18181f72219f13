// Agency identification codes (mã định danh cơ quan).
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tram {

/// One agency's code in its canonical, new form (Decision 20/2020/QĐ-TTg): groups from the highest level to
/// the lowest, "H52", "H52.01", "H37.DN.001"; 3 to 35 characters. The old form (QCVN 102:2016/BTTTT, lowest
/// level first, "000.00.01.H52") is read and turned round; its all-zero groups say "no such level" and are
/// dropped.
class AgencyCode {
 public:
  static constexpr std::size_t kMaxLength = 35;

  AgencyCode() = default;  ///< empty: no agency
  /// Reads either form. Errors: INVALID_ARGUMENT, reason AGENCY_CODE_MALFORMED.
  [[nodiscard]] static Result<AgencyCode> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  /// True if this is `ancestor` or lies below it by whole groups: H52.01 within H52, H521 not.
  [[nodiscard]] bool within(const AgencyCode& ancestor) const;
  /// The code without its last group; empty at level 1.
  [[nodiscard]] AgencyCode parent() const;
  auto operator<=>(const AgencyCode&) const = default;

 private:
  explicit AgencyCode(std::string canonical) : text_(std::move(canonical)) {}
  std::string text_;
};

}  // namespace tram

template <>
struct std::hash<tram::AgencyCode> {
  std::size_t operator()(const tram::AgencyCode& code) const { return std::hash<std::string>()(code.text()); }
};
