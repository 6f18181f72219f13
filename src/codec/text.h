// Unicode: what names of files must be, and text made safe to show.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/message_rules.h"

namespace tram::codec {

/// The longest text that is normalised or folded, in characters. A character decomposes canonically into at
/// most four (UAX #15), so nothing longer becomes a name when it is composed, and a stranger's megabytes are
/// not worth the memory.
inline constexpr std::size_t kMaxNormalised = 4 * MessageLimits::kAttachmentName;

/// Normalisation form C (UAX #15); nullopt if it is not UTF-8, or longer than kMaxNormalised. ASCII of any
/// length is its own.
[[nodiscard]] std::optional<std::string> to_nfc(std::string_view text);

/// A key that is equal for texts that differ in case alone (full case folding, then NFC). For valid UTF-8;
/// what is longer than kMaxNormalised is its own key.
[[nodiscard]] std::string fold_case(std::string_view text);

/// True if a character shows nothing or changes how others show: controls, format characters (bidirectional
/// overrides, zero width), line and paragraph separators. For valid UTF-8.
[[nodiscard]] bool has_hidden_characters(std::string_view text);

/// At most `limit` bytes of it, ending with a whole character, on one line: what is not UTF-8 becomes U+FFFD,
/// ASCII control characters become spaces.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t limit);

}  // namespace tram::codec
