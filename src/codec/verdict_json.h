// Verdicts as JSON: how a node keeps them beside the message.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "model/verdict.h"

namespace tram::codec {

inline constexpr std::size_t kMaxVerdictBytes = 64 * 1024;
inline constexpr std::size_t kMaxVerdictCauses = 24;  ///< further ones are dropped; what is bad stays bad

/// Deterministic, at most kMaxVerdictBytes. Causes are kept one level deep, with their own causes as text.
[[nodiscard]] Bytes write_verdict(const Verdict& verdict);

/// Errors: INVALID_ARGUMENT, VERDICT_MALFORMED: what was stored is damaged.
[[nodiscard]] Result<Verdict> read_verdict(BytesView json);

}  // namespace tram::codec
