// Evidence records as JSON: the entries of the transparency log.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "model/evidence_record.h"

namespace tram::codec {

/// An entry of a C2SP tlog-tiles log has a 16-bit length.
inline constexpr std::size_t kMaxRecordBytes = 65'535;
inline constexpr std::size_t kMaxRecordRecipients = 1000;  ///< as MessageLimits
inline constexpr std::size_t kMaxRecordText = 1024;        ///< bytes of verdict, peer, reason, detail

/// Deterministic, without white space, never longer than kMaxRecordBytes. Texts are made clean_text() of at
/// most kMaxRecordText bytes; a message whose key is not well formed (of a rejected submission) is left out.
/// Throws std::length_error beyond kMaxRecordRecipients: split the record before.
[[nodiscard]] Bytes write_record(const EvidenceRecord& record);

/// Strict, for records of other nodes too. Errors: INVALID_ARGUMENT, RECORD_MALFORMED, with every cause.
[[nodiscard]] Result<EvidenceRecord> read_record(BytesView json);

}  // namespace tram::codec
