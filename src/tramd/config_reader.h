// Reads a TOML file into a Config and says everything that is wrong with it, at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tramd/config.h"

namespace tram::daemon {

/// The outcome of reading: a Config exactly when no problem is an error.
struct ConfigReading {
  std::optional<Config> config;
  std::vector<Problem> problems;  ///< by line; warnings too

  [[nodiscard]] bool ok() const { return config.has_value(); }
  /// What `tramd --check` prints: the problems, the summary if there is a Config, and a closing count.
  [[nodiscard]] std::string report() const;
};

/// Relative paths in the file are relative to the file's folder. Reads the files it names (keys' form is
/// looked at, not decoded), opens no socket, changes nothing.
[[nodiscard]] ConfigReading read_config(const std::filesystem::path& file);

/// As read_config(), for text that is or would be in `file`.
[[nodiscard]] ConfigReading read_config_text(std::string_view text, const std::filesystem::path& file);

/// Every key the reader knows: "node.code", "link[].prefixes". In the order it asks for them.
[[nodiscard]] std::vector<std::string> known_keys();

}  // namespace tram::daemon
