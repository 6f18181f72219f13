// Collects every error found, up to a bound, and makes one of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tram::codec {

/// Garbage must not make us write a book about it.
inline constexpr std::size_t kMaxCauses = 64;

/// One thread at a time.
class Causes {
 public:
  void add(Error error);
  void add(std::string field, std::string reason, std::string message, std::string remedy = {}) {
    add(invalid(std::move(field), std::move(reason), std::move(message), std::move(remedy)));
  }
  /// Adds those whose field has no error yet: what could not be read is not also called empty.
  void add_where_silent(std::vector<Error> errors);

  [[nodiscard]] bool empty() const { return errors_.empty(); }
  [[nodiscard]] bool names(std::string_view field) const;
  /// INVALID_ARGUMENT with all causes; `reason` unless there is one cause alone, whose reason it then takes.
  [[nodiscard]] Error into_error(std::string reason, std::string message) &&;

 private:
  std::vector<Error> errors_;
};

}  // namespace tram::codec
