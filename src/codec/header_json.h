// The signed header as JSON (proto/README.md gives the grammar). Its bytes are made once, by whoever signs,
// and travel verbatim: nothing here is ever used to write a header again that was read.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "model/message.h"
#include "model/message_rules.h"

namespace tram::codec {

inline constexpr std::size_t kMaxHeaderBytes = 256 * 1024;
/// What "version", "critical" and "signed" add at most to the submitted fields.
inline constexpr std::size_t kMaxHeaderFrame = 256;

/// UTF-8 without white space, members in the grammar's order, empty fields left out: equal headers give equal
/// bytes. The submission must be well formed (model/message_rules.h), else the bytes may not be read again.
[[nodiscard]] Bytes write_header(const Header& header);

/// Strict. Refused: over 256 KiB, not UTF-8, a name twice in one object, more than 16 levels, an unknown
/// version or name in "critical", numbers that are not integers from 0 to 2^63 - 1 where one is due, agency
/// codes not in canonical form, attachment names not in NFC or equal after case folding, and whatever
/// check() refuses under `limits`. Other unknown members are ignored. Errors: INVALID_ARGUMENT; `causes`
/// holds every one found (up to kMaxCauses), each naming its field; `reason` is the cause's if it is one
/// alone, else HEADER_MALFORMED.
[[nodiscard]] Result<Header> read_header(BytesView json, const MessageLimits& limits = {});

/// A header that a node has accepted: as read_header(), with the bound on bytes and no other, and with media
/// types as they were once allowed. The limits it was accepted under may have been other ones than this
/// node's, and others than today's.
[[nodiscard]] Result<Header> read_kept_header(BytesView json);

}  // namespace tram::codec
