// What whoever misused the command line is told.
#pragma once

#include "base/error.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace tram::client {

/// INVALID_ARGUMENT, USAGE for what CLI11 refused: which command, everything that it still needs, or what it
/// does not know; and where help is.
[[nodiscard]] Error misuse(const CLI::App& app, const CLI::ParseError& refused);

}  // namespace tram::client
