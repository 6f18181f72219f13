#include "model/agency_code.h"

#include <algorithm>

namespace tram {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// A letter and two digits: the code of a level-1 agency.
bool is_level_one(std::string_view group) {
  return group.size() == 3 && is_upper(group[0]) && is_digit(group[1]) && is_digit(group[2]);
}

bool is_lower_group(std::string_view group) {
  return !group.empty() &&
         std::all_of(group.begin(), group.end(), [](char c) { return is_digit(c) || is_upper(c); });
}

bool is_new_form(std::string_view text) {
  if (text.size() < 3 || text.size() > AgencyCode::kMaxLength || !is_level_one(text.substr(0, 3)))
    return false;
  text.remove_prefix(3);
  while (!text.empty()) {
    if (text[0] != '.') return false;
    text.remove_prefix(1);
    const std::string_view group = text.substr(0, text.find('.'));
    if (!is_lower_group(group)) return false;
    text.remove_prefix(group.size());
  }
  return true;
}

// "ddd.dd.dd.Xdd"
bool is_old_form(std::string_view text) {
  if (text.size() != 13 || text[3] != '.' || text[6] != '.' || text[9] != '.') return false;
  for (const std::size_t at : {0U, 1U, 2U, 4U, 5U, 7U, 8U}) {
    if (!is_digit(text[at])) return false;
  }
  return is_level_one(text.substr(10));
}

bool all_zero(std::string_view group) { return group.find_first_not_of('0') == std::string_view::npos; }

// A zero group above a used one is kept: dropping it would give two agencies one code.
std::string turned_round(std::string_view old_form) {
  const std::string_view groups[] = {old_form.substr(7, 2), old_form.substr(4, 2), old_form.substr(0, 3)};
  std::size_t used = 3;
  while (used > 0 && all_zero(groups[used - 1])) --used;
  std::string out(old_form.substr(10));
  for (std::size_t i = 0; i < used; ++i) out.append(".").append(groups[i]);
  return out;
}

}  // namespace

Result<AgencyCode> AgencyCode::parse(std::string_view text) {
  if (is_new_form(text)) return AgencyCode(std::string(text));
  if (is_old_form(text)) return AgencyCode(turned_round(text));
  return invalid("", "AGENCY_CODE_MALFORMED",
                 "\"" + std::string(text.substr(0, 48)) + "\" is not an agency code",
                 "write the form of Decision 20/2020, as H52.01, or of QCVN 102:2016, as 000.00.01.H52");
}

bool AgencyCode::within(const AgencyCode& ancestor) const {
  if (ancestor.empty() || !text_.starts_with(ancestor.text_)) return false;
  return text_.size() == ancestor.text_.size() || text_[ancestor.text_.size()] == '.';
}

AgencyCode AgencyCode::parent() const {
  const std::size_t dot = text_.rfind('.');
  return dot == std::string::npos ? AgencyCode() : AgencyCode(text_.substr(0, dot));
}

}  // namespace tram
