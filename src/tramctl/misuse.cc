#include "tramctl/misuse.h"

#include <CLI/CLI.hpp>

#include "tramctl/text.h"

namespace tram::client {
namespace {

// The command that was being read: the innermost one named.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

std::string full_name(const CLI::App* app) {
  std::string out = app->get_name();
  while ((app = app->get_parent()) != nullptr) out = app->get_name() + " " + out;
  return out;
}

std::vector<std::string> missing(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::Option* option :
       app.get_options([](const CLI::Option* one) { return one->get_required() && one->count() == 0; }))
    out.push_back(option->get_name());
  return out;
}

std::vector<std::string> commands(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    out.push_back(command->get_name());
  return out;
}

std::string about_commands(const CLI::App& root, const CLI::App& app) {
  const std::vector<std::string> rest = root.remaining(true);  // options and words fall through to it
  const bool named = !rest.empty() && !rest.front().starts_with('-');
  return (named ? "\"" + shown(rest.front()) + "\" is no command of " : "name a command of ") +
         full_name(&app) + "; there are " + joined(commands(app));
}

std::string sentence(const CLI::App& root, const CLI::App& app, const CLI::ParseError& refused) {
  if (app.get_require_subcommand_min() > 0 && app.get_subcommands().empty() &&
      refused.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError))
    return about_commands(root, app);
  const std::string prefix = full_name(&app) + ": ";
  if (refused.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError))
    if (const auto needed = missing(app); !needed.empty()) return prefix + "it needs " + joined(needed);
  return prefix + shown(refused.what());
}

}  // namespace

Error misuse(const CLI::App& app, const CLI::ParseError& refused) {
  const CLI::App& at = innermost(app);
  return invalid("", "USAGE", sentence(app, at, refused), "read " + full_name(&at) + " --help");
}

}  // namespace tram::client
