// Unicode: what names of files must be, and text made safe to show.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tram::codec {

/// Normalisation form C (UAX #15); nullopt if it is not UTF-8.
[[nodiscard]] std::optional<std::string> to_nfc(std::string_view text);

/// A key that is equal for texts that differ in case alone (full case folding, then NFC). For valid UTF-8.
[[nodiscard]] std::string fold_case(std::string_view text);

/// True if a character shows nothing or changes how others show: controls, format characters (bidirectional
/// overrides, zero width), line and paragraph separators. For valid UTF-8.
[[nodiscard]] bool has_hidden_characters(std::string_view text);

/// At most `limit` bytes of it, ending with a whole character, on one line: what is not UTF-8 becomes U+FFFD,
/// ASCII control characters become spaces.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t limit);

}  // namespace tram::codec
