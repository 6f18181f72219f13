// Names of the resources of a tiled log (C2SP tlog-tiles): URL paths below the log's prefix, and files.
//
//   path  = "tile/" (level / "entries") "/" index [".p/" width]     ; level 0-63, width 1-255
//   index = *("x" 3DIGIT "/") 3DIGIT                                ; 1234067 is x001/x234/067
//
// Threads: every function, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "log/tile_nodes.h"

namespace tram::log {

/// One tile or entry bundle.
struct TilePath {
  std::optional<unsigned> level;     ///< 0 to 63; nothing for an entry bundle
  std::uint64_t index = 0;           ///< from the left of its level
  std::uint64_t width = kTileWidth;  ///< hashes or entries in it; kTileWidth if full, else partial

  bool operator==(const TilePath&) const = default;
};

/// REQUIRES: level and width in range.
[[nodiscard]] std::string format_tile_path(const TilePath& path);

/// Strict: the one spelling that format_tile_path() writes; else INVALID_ARGUMENT, TILE_PATH_MALFORMED.
[[nodiscard]] Result<TilePath> parse_tile_path(std::string_view text);

}  // namespace tram::log
