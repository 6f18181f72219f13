// What a process that must end because its store failed leaves for the next start.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"

namespace tram::daemon {

/// Best effort: the disk may be what failed.
void leave_last_words(const std::filesystem::path& folder, Timestamp now, const Error& error) noexcept;
/// "2026-…Z: what failed", once; nothing if the last run left none.
[[nodiscard]] std::optional<std::string> take_last_words(const std::filesystem::path& folder);

}  // namespace tram::daemon
