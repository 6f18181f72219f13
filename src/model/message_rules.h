// What a well-formed submission is. Every cause is reported, each naming its field.
#pragma once

#include <vector>

#include "base/error.h"
#include "model/message.h"

namespace tram {

/// Limits of one message; the node's configuration may lower the counts and sizes, never raise the lengths.
struct MessageLimits {
  std::size_t recipients = 1000;
  std::size_t attachments = 100;
  std::size_t references = 100;
  std::uint64_t attachment_bytes = 4ULL << 30;
  static constexpr std::size_t kSubject = 500;         ///< characters, as for content
  static constexpr std::size_t kPlace = 150;           ///< characters
  static constexpr std::size_t kAttachmentName = 200;  ///< characters
  static constexpr std::size_t kShortText = 255;       ///< characters of every other text
};

/// Checks form alone: no signature, route or registry. Empty means well formed. The caller has NFC-checked
/// names.
[[nodiscard]] std::vector<Error> check(const Submission& submission, const MessageLimits& limits);

/// True for 1 to 64 of [0-9A-Za-z._-] not beginning with '.'.
[[nodiscard]] bool is_message_id(std::string_view text);

/// True if `name` may name an attachment: valid UTF-8, no controls, separators, "." or "..", 1 to 200
/// characters.
[[nodiscard]] bool is_attachment_name(std::string_view name);

/// Characters (code points) of valid UTF-8; nullopt if it is not valid UTF-8.
[[nodiscard]] std::optional<std::size_t> utf8_length(std::string_view text);

}  // namespace tram
