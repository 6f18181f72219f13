// Small files that must be there, whole, after a power cut.
#pragma once

#include <filesystem>
#include <optional>

#include "base/bytes.h"
#include "base/error.h"

namespace tram::daemon {

/// Nothing if it cannot be read.
[[nodiscard]] std::optional<Bytes> content_of(const std::filesystem::path& file);

/// Whole or not at all, whatever happens; durable when it returns. INTERNAL, FOLDER_UNUSABLE.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& file, const Bytes& bytes);

/// What is said of a file that cannot be written or removed.
[[nodiscard]] Error unusable(const std::filesystem::path& file);

}  // namespace tram::daemon
