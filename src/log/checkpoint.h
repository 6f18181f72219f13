// Checkpoints (C2SP tlog-checkpoint v1.0.0): what a log commits to at one size, as the text of a signed note.
//
//   checkpoint = origin LF size LF base64(root) LF *(extension LF)
//
// Threads: every function, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/sha256.h"
#include "log/note.h"

namespace tram::log {

/// A log's tree head.
struct Checkpoint {
  std::string origin;      ///< which log; the same as its key's name
  std::uint64_t size = 0;  ///< leaves, at most kMaxTreeSize
  Digest root;             ///< of the tree of that size
  std::string
      extensions;  ///< further lines, each not empty and with its LF; we write none and ignore others'

  bool operator==(const Checkpoint&) const = default;
};

/// A checkpoint that was verified, and the note that proves it to others.
struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string note;  ///< its text and the signatures of known keys; nothing else that came with it
};

/// The note text.
[[nodiscard]] std::string format_checkpoint(const Checkpoint& checkpoint);

/// Strict: CHECKPOINT_MALFORMED for what format_checkpoint() could not have written, and for a root other
/// than that of the empty tree at size 0.
[[nodiscard]] Result<Checkpoint> parse_checkpoint(std::string_view text);

/// The signed note of a checkpoint of the signer's own log. A log must never sign two checkpoints of which
/// one does not extend the other: the caller's duty. INVALID_ARGUMENT if the origin is not the signer's name.
[[nodiscard]] Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const NoteSigner& log);

/// The checkpoint in a note that this log signed; other signatures are ignored. Errors as parse_note(),
/// verify_note() and parse_checkpoint(); FAILED_PRECONDITION, CHECKPOINT_FOREIGN if its origin is another
/// log.
[[nodiscard]] Result<Checkpoint> open_checkpoint(BytesView note, const VerifierKey& log);

/// The same, with the note as it is to be kept: the log's own signature alone. (Cosigners that are known one
/// day have their keys beside the log's here, and their signatures stay.)
[[nodiscard]] Result<SignedCheckpoint> open_signed_checkpoint(BytesView note, const VerifierKey& log);

inline constexpr std::string_view kLogForked = "LOG_FORKED";

/// Whether two notes of one log at one size, both verified before, have the same root; signatures and
/// extensions may differ. FAILED_PRECONDITION, LOG_FORKED if not: the log told two histories, and the error
/// names both roots and the signature of `other`. Errors as parse_note() and parse_checkpoint() if either
/// cannot be read.
[[nodiscard]] Result<void> require_same_root(BytesView kept, BytesView other);

}  // namespace tram::log
