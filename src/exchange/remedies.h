// What an operator can do about a dead letter.
#pragma once

#include <string>
#include <string_view>

namespace tram::exchange {

/// From the reason that a recipient's line keeps ("REASON: a sentence"). Never empty.
[[nodiscard]] std::string remedy_for(std::string_view line_reason);

}  // namespace tram::exchange
