// The messages of tests/data/headers as model values.
#pragma once

#include <string>

#include "base/bytes.h"
#include "model/message.h"

namespace tram::codec::samples {

[[nodiscard]] AgencyCode code(std::string_view text);
[[nodiscard]] std::chrono::year_month_day date(int year, unsigned month, unsigned day);

[[nodiscard]] Header dispatch();  ///< dispatch.json: every field used
[[nodiscard]] Header least();     ///< least.json: no optional field used
[[nodiscard]] Header status();    ///< status.json
[[nodiscard]] Header arrived();   ///< arrived.json

/// A file of tests/data.
[[nodiscard]] Bytes file(const std::string& name);

/// So often each: a combining mark that belongs above and one below, which stand in the wrong order. Sorting
/// them is what can make normalisation slow.
[[nodiscard]] std::string unsorted_marks(std::size_t times);

/// A text so often.
[[nodiscard]] std::string repeated(std::string_view text, std::size_t times);

/// Words as a test's name: what is no letter or digit becomes '_'.
[[nodiscard]] std::string test_name(std::string_view words);

/// The text with the one place where `from` stands replaced; fails the test if there is none.
[[nodiscard]] std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace tram::codec::samples
