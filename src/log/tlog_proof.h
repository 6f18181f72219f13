// Proofs that an entry is in a log, to be checked offline with the log's public key alone.
//
// As a file (C2SP tlog-proof v1, extension .tlog-proof):
//
//   proof = "c2sp.org/tlog-proof@v1" LF ["extra " base64 LF] "index " decimal LF *(base64(hash) LF) LF
//   checkpoint-note
//
// In bulk: open_checkpoint() once, then verify_entry() for each of many entries.
// Threads: every function, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "log/checkpoint.h"
#include "log/merkle.h"
#include "log/note.h"

namespace tram::log {

/// Longest `extra`, in bytes before base64.
inline constexpr std::size_t kMaxProofExtra = 64 * 1024;

/// What a .tlog-proof holds. It does not hold the entry.
struct TlogProof {
  Bytes extra;              ///< opaque and not authenticated: never to be believed; empty if absent
  std::uint64_t index = 0;  ///< the entry's, from 0
  Path path;                ///< from the leaf's sibling to the root's child
  std::string checkpoint;   ///< the signed note, verbatim, with whatever cosignatures it has
};

/// The text of the file.
[[nodiscard]] std::string format_tlog_proof(const TlogProof& proof);

/// Strict and bounded: INVALID_ARGUMENT, TLOG_PROOF_MALFORMED for what format_tlog_proof() could not have
/// written. Nothing is verified.
[[nodiscard]] Result<TlogProof> parse_tlog_proof(std::string_view text);

/// Whether `entry` is at `index` under a checkpoint that has been verified already. FAILED_PRECONDITION,
/// INCLUSION_PROOF_INVALID if not.
[[nodiscard]] Result<void> verify_entry(BytesView entry, std::uint64_t index, std::span<const Digest> path,
                                        const Checkpoint& checkpoint);

/// Verifies the note, then the entry under it; answers with the checkpoint. Errors as open_checkpoint() and
/// verify_entry().
[[nodiscard]] Result<Checkpoint> verify_inclusion(BytesView entry, std::uint64_t index,
                                                  std::span<const Digest> path, BytesView checkpoint_note,
                                                  const VerifierKey& log);

/// The same for a proof read from a file.
[[nodiscard]] Result<Checkpoint> verify(const TlogProof& proof, BytesView entry, const VerifierKey& log);

}  // namespace tram::log
