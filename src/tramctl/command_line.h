// The command line: which command with which options. Exit codes: 0 done, 1 failed or refused, 2 misused.
#pragma once

#include <functional>

#include "base/error.h"

namespace CLI {
class App;
}

namespace tram::client {

class Context;

/// What was chosen, to be run once all is parsed.
struct Chosen {
  std::function<Result<int>(Context&)> run;
};

/// Parses, runs, prints errors.
[[nodiscard]] int run(int argc, const char* const* argv);

/// Commands on documents; evidence, operators' and registrars' commands.
void add_document_commands(CLI::App& app, Chosen& chosen);
void add_other_commands(CLI::App& app, Chosen& chosen);

}  // namespace tram::client
