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
  /// For messages that were accepted before media types had to be of RFC 6838: then they need only be free of
  /// line breaks and markup.
  bool any_media_type = false;
  static constexpr std::size_t kSubject = 500;         ///< characters, as for content
  static constexpr std::size_t kPlace = 150;           ///< characters
  static constexpr std::size_t kAttachmentName = 200;  ///< characters
  static constexpr std::size_t kShortText = 255;       ///< characters of every other text
};

/// Checks form alone: no signature, route or registry. Empty means well formed. Of names only what
/// is_attachment_name() says: codec/attachment_names.h has the Unicode tables for the rest.
[[nodiscard]] std::vector<Error> check(const Submission& submission, const MessageLimits& limits);

/// True for 1 to 64 of [0-9A-Za-z._-] not beginning with '.'.
[[nodiscard]] bool is_message_id(std::string_view text);

/// True if `name` may name an attachment: valid UTF-8, no controls, separators, "." or "..", 1 to 200
/// characters.
[[nodiscard]] bool is_attachment_name(std::string_view name);

/// True if `text` is type "/" subtype of RFC 6838, section 4.2, each of 1 to 127 characters, and parameters
/// of RFC 2045 whose values are tokens, as in "text/plain; charset=utf-8". No '&', which both would allow: it
/// has never been accepted here, and peers may refuse it.
[[nodiscard]] bool is_media_type(std::string_view text);

/// Characters (code points) of valid UTF-8; nullopt if it is not valid UTF-8.
[[nodiscard]] std::optional<std::size_t> utf8_length(std::string_view text);

}  // namespace tram
