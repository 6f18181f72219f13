// Text forms of bytes: hexadecimal, base64 (RFC 4648 section 4), percent-encoding (RFC 3986 section 2.1).
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace tram {

/// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string to_hex(BytesView bytes);
/// Lower or upper case; an odd length or another character is an error.
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

/// With padding, without line breaks.
[[nodiscard]] std::string to_base64(BytesView bytes);
/// Strict: padding required, no white space, unused bits zero.
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

/// One path segment of a URI: everything but RFC 3986's unreserved characters becomes %XX (upper case).
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace tram
