#include "codec/causes.h"

#include <algorithm>
#include <utility>

namespace tram::codec {

void Causes::add(Error error) {
  if (errors_.size() < kMaxCauses) errors_.push_back(std::move(error));
}

bool Causes::names(std::string_view field) const {
  return std::any_of(errors_.begin(), errors_.end(),
                     [&](const Error& error) { return error.field == field; });
}

void Causes::add_where_silent(std::vector<Error> errors) {
  const std::size_t before = errors_.size();
  const auto silent = [&](const Error& error) {
    return std::none_of(errors_.begin(), errors_.begin() + static_cast<std::ptrdiff_t>(before),
                        [&](const Error& known) { return known.field == error.field; });
  };
  for (Error& error : errors) {
    if (silent(error)) add(std::move(error));
  }
}

Error Causes::into_error(std::string reason, std::string message) && {
  Error out = invalid("", std::move(reason), std::move(message));
  if (errors_.size() == 1) out.reason = errors_.front().reason;
  out.causes = std::move(errors_);
  return out;
}

}  // namespace tram::codec
