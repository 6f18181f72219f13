// Errors as tramctl shows them.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/error.h"

namespace tram::client {

/// Several lines without a last LF: what is wrong and its reason, what to do, every field or cause.
[[nodiscard]] std::string error_text(const Error& error);
/// {"code", "reason", "message", "remedy", "field", "causes": […]}
[[nodiscard]] boost::json::object error_json(const Error& error);

}  // namespace tram::client
