// Signed notes (C2SP signed-note v1.0.0): a text and signatures by named keys, as logs and witnesses exchange
// them.
//
//   note       = text LF 1*signature-line        ; text ends in LF; the last empty line of the note splits it
//   signature-line = U+2014 SP name SP base64(key-id signature) LF
//   key-id     = SHA-256(name LF type public-key)[:4]
//   vkey       = name "+" hex(key-id) "+" base64(type public-key)
//
// Threads: every function and const method, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "trust/ed25519.h"

namespace tram::log {

/// A longer note, or one with more signatures, is refused before anything is verified. Room for 16
/// post-quantum cosignatures of 5 KB, which a verifier must accept.
inline constexpr std::size_t kMaxNoteSize = 128 * 1024;
inline constexpr std::size_t kMaxNoteSignatures = 64;
/// Longest name of a key in bytes, and so the longest origin of a log.
inline constexpr std::size_t kMaxKeyName = 255;

using KeyId = std::array<char, 4>;

/// What verifies one key's signatures of type 0x01, Ed25519: the name, and the public key.
class VerifierKey {
 public:
  /// INVALID_ARGUMENT if the name has white space or a plus sign, or is empty or longer than kMaxKeyName.
  [[nodiscard]] static Result<VerifierKey> make(std::string_view name, const trust::Ed25519PublicKey& key);
  /// From a vkey line without LF; INVALID_ARGUMENT if it is malformed, its key id is another key's, or its
  /// type is not Ed25519.
  [[nodiscard]] static Result<VerifierKey> parse(std::string_view vkey);

  [[nodiscard]] std::string vkey() const;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const KeyId& id() const { return id_; }
  [[nodiscard]] const trust::Ed25519PublicKey& public_key() const { return key_; }
  bool operator==(const VerifierKey&) const = default;

 private:
  VerifierKey(std::string_view name, const trust::Ed25519PublicKey& key);

  std::string name_;
  KeyId id_;
  trust::Ed25519PublicKey key_;
};

/// A named key that signs notes.
class NoteSigner {
 public:
  /// As VerifierKey::make.
  [[nodiscard]] static Result<NoteSigner> make(std::string_view name, trust::Ed25519PrivateKey key);

  [[nodiscard]] const VerifierKey& verifier() const { return verifier_; }
  /// The signature line of `text`, LF included.
  [[nodiscard]] Result<std::string> signature_line(std::string_view text) const;

 private:
  NoteSigner(VerifierKey verifier, trust::Ed25519PrivateKey key);

  VerifierKey verifier_;
  trust::Ed25519PrivateKey key_;
};

/// One signature of a note, not yet verified.
struct NoteSignature {
  std::string name;
  KeyId id{};
  Bytes signature;  ///< what follows the key id; its form is the key type's
};

/// A note whose form is right. Its text must not be believed before open_note() or verify_note().
struct Note {
  std::string text;  ///< last LF included
  std::vector<NoteSignature> signatures;
};

/// The note of `text`, signed by each signer in turn. INVALID_ARGUMENT if the text does not end in LF, has
/// characters that notes forbid, or there is no signer.
[[nodiscard]] Result<std::string> sign_note(std::string_view text, std::span<const NoteSigner> signers);

/// Strict: INVALID_ARGUMENT, NOTE_MALFORMED for anything that is not exactly a note within the bounds above.
[[nodiscard]] Result<Note> parse_note(BytesView note);

/// Which of `known` signed, by position, each once. Signatures by other keys are ignored. FAILED_PRECONDITION
/// if a signature of a known key is wrong (NOTE_SIGNATURE_INVALID), or no known key signed (NOTE_UNSIGNED).
[[nodiscard]] Result<std::vector<std::size_t>> verify_note(const Note& note,
                                                           std::span<const VerifierKey> known);

/// What of a note may be kept and passed on: its text, and one signature of each key of `known` that signed,
/// in the order of `known`. Whoever passes a note on may append lines that nobody can check later. Errors as
/// verify_note().
[[nodiscard]] Result<Note> keep_known_signatures(const Note& note, std::span<const VerifierKey> known);

/// The note's bytes, one spelling for each value; parse_note() reads them back.
[[nodiscard]] std::string format_note(const Note& note);

/// parse_note() and verify_note() in one: the text, now verified.
[[nodiscard]] Result<std::string> open_note(BytesView note, std::span<const VerifierKey> known);

}  // namespace tram::log
