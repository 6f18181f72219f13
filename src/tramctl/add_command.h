// Adds a command with a struct of options to the command line. For the command lines' sources alone.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tramctl/command_line.h"
#include "tramctl/context.h"

namespace tram::client {

/// A file that must be there; --help then says FILE alone.
[[nodiscard]] inline CLI::Validator existing_file() { return CLI::ExistingFile.description(""); }

template <class Options>
std::pair<CLI::App*, std::shared_ptr<Options>> add_command(CLI::App& parent, Chosen& chosen,
                                                           const std::string& name, const std::string& what,
                                                           Result<int> (*run)(Context&, const Options&)) {
  CLI::App* sub = parent.add_subcommand(name, what);
  sub->footer("")->group("Subcommands");  // not its parent's
  sub->fallthrough();                     // --profile, --json and --progress may stand behind the command too
  auto options = std::make_shared<Options>();
  sub->callback([&chosen, sub, options, run] {
    if (!sub->get_subcommands().empty()) return;  // the command below it is meant
    chosen.run = [options, run](Context& context) { return run(context, *options); };
  });
  return {sub, options};
}

/// The option --mapping.
void add_mapping(CLI::App& app, std::vector<std::string>& into);

}  // namespace tram::client
