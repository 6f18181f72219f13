#include "tramctl/verdict_text.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/encoding.h"
#include "model/verdict.h"
#include "tramctl/text.h"

namespace tram::client {

std::string verdict_text(const v1::VerdictInfo& verdict) {
  std::vector<std::string> unchecked;
  for (const auto& [check, state] : verdict.checks())
    if (state == name(CheckState::not_checked)) unchecked.push_back(check);
  std::sort(unchecked.begin(), unchecked.end());
  for (std::string& check : unchecked) std::replace(check.begin(), check.end(), '_', ' ');
  std::string out = verdict.good() ? "good" : "bad";
  if (!verdict.causes().empty())
    out += ": " + joined({verdict.causes().begin(), verdict.causes().end()}, "; ");
  if (!unchecked.empty()) out += " (not checked: " + joined(unchecked) + ")";
  return shown(out);
}

boost::json::object verdict_json(const v1::VerdictInfo& verdict) {
  boost::json::object out, checks;
  out["good"] = verdict.good();
  out["who"] = verdict.who();
  out["subject"] = verdict.subject();
  out["certificate_sha256"] = to_hex(verdict.certificate_sha256());
  out["basis"] = verdict.basis();
  out["judged_at"] = verdict.judged_at();
  for (const auto& [check, state] : verdict.checks()) checks[check] = state;
  out["checks"] = std::move(checks);
  boost::json::array causes;
  for (const std::string& cause : verdict.causes()) causes.emplace_back(cause);
  out["by_mapping"] = verdict.by_mapping();
  out["causes"] = std::move(causes);
  return out;
}

}  // namespace tram::client
