#include "tramctl/failures.h"

#include <boost/json/array.hpp>

#include "codec/grpc_code.h"
#include "tramctl/text.h"

namespace tram::client {
namespace {

std::string sentence(const Error& error) {
  std::string out = error.field.empty() ? "" : shown(error.field) + ": ";
  out += shown(error.message);
  if (!error.reason.empty() && error.reason != "USAGE") out += " [" + shown(error.reason) + "]";
  return out;
}

void append(std::string& out, const Error& error, const std::string& indent) {
  out += indent + sentence(error);
  if (!error.remedy.empty()) out += "\n" + indent + "  what to do: " + shown(error.remedy);
  for (const Error& cause : error.causes) {
    out += "\n";
    append(out, cause, indent + "  ");
  }
}

}  // namespace

std::string error_text(const Error& error) {
  std::string out;
  append(out, error, "");
  return out;
}

boost::json::object error_json(const Error& error) {
  boost::json::object out;
  out["code"] = name(error.code);
  out["reason"] = error.reason;
  out["message"] = error.message;
  if (!error.remedy.empty()) out["remedy"] = error.remedy;
  if (!error.field.empty()) out["field"] = error.field;
  boost::json::array causes;
  for (const Error& cause : error.causes) causes.emplace_back(error_json(cause));
  if (!causes.empty()) out["causes"] = std::move(causes);
  return out;
}

}  // namespace tram::client
