#include "log/note.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "base/sha256.h"
#include "log/note_text.h"

namespace tram::log {
namespace {

constexpr char kEd25519Type = 0x01;
constexpr std::string_view kSignaturePrefix = "\u2014 ";  // U+2014 and a space

Error malformed(const char* why) {
  return invalid("", "NOTE_MALFORMED", std::string("not a signed note: ") + why);
}

Error bad_vkey(const char* why) {
  return invalid("", "VKEY_MALFORMED", std::string("not the public key of a log: ") + why,
                 "copy the whole line name+key id+key that the log's operator publishes");
}

Bytes typed_key(const trust::Ed25519PublicKey& key) { return Bytes(1, kEd25519Type).append(key.bytes()); }

KeyId key_id(std::string_view name, BytesView typed) {
  const Digest digest = Sha256::of(std::string(name) + '\n', typed);
  KeyId id{};
  std::copy_n(digest.bytes().begin(), id.size(), id.begin());
  return id;
}

BytesView view(const KeyId& id) { return {id.data(), id.size()}; }

bool is_by(const NoteSignature& signature, const VerifierKey& key) {
  return key.id() == signature.id && key.name() == signature.name;
}

std::string line_of(const NoteSignature& signature) {
  return std::string(kSignaturePrefix) + signature.name + ' ' +
         to_base64(Bytes(view(signature.id)) + signature.signature) + '\n';
}

bool usable_name(std::string_view name) { return name.size() <= kMaxKeyName && is_key_name(name); }

// `line` is without its LF.
Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) return malformed("a line after the text is no signature");
  line.remove_prefix(kSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return malformed("a signature has no value");
  const std::string_view name = line.substr(0, space);
  if (!usable_name(name)) return malformed("a key's name is empty, too long or has forbidden characters");
  const auto value = from_base64(line.substr(space + 1));
  NoteSignature signature{std::string(name), {}, {}};
  if (!value || value->size() <= signature.id.size())
    return malformed("a signature's value is not base64 or too short");
  std::copy_n(value->begin(), signature.id.size(), signature.id.begin());
  signature.signature = value->substr(signature.id.size());
  return signature;
}

}  // namespace

VerifierKey::VerifierKey(std::string_view name, const trust::Ed25519PublicKey& key)
    : name_(name), id_(key_id(name, typed_key(key))), key_(key) {}

Result<VerifierKey> VerifierKey::make(std::string_view name, const trust::Ed25519PublicKey& key) {
  if (!usable_name(name)) {
    return invalid("", "KEY_NAME_INVALID",
                   "a log's name is empty, too long, or has white space or a plus sign",
                   "use a name like example.gov.vn/log");
  }
  return VerifierKey(name, key);
}

Result<VerifierKey> VerifierKey::parse(std::string_view vkey) {
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return bad_vkey("it does not have three parts");
  const auto id = from_hex(vkey.substr(first + 1, second - first - 1));
  const auto typed = from_base64(vkey.substr(second + 1));
  if (!id || id->size() != KeyId().size()) return bad_vkey("its key id is not 8 hexadecimal digits");
  if (!typed || typed->empty()) return bad_vkey("its key is not base64");
  if (typed->front() != kEd25519Type) return bad_vkey("its type is not Ed25519");
  const auto key = trust::Ed25519PublicKey::from_bytes(BytesView(*typed).substr(1));
  if (!key) return key.error();
  auto made = make(vkey.substr(0, first), *key);
  if (made && view(made->id()) != BytesView(*id)) return bad_vkey("its key id is that of another key");
  return made;
}

std::string VerifierKey::vkey() const {
  return name_ + '+' + to_hex(view(id_)) + '+' + to_base64(typed_key(key_));
}

NoteSigner::NoteSigner(VerifierKey verifier, trust::Ed25519PrivateKey key)
    : verifier_(std::move(verifier)), key_(std::move(key)) {}

Result<NoteSigner> NoteSigner::make(std::string_view name, trust::Ed25519PrivateKey key) {
  auto verifier = VerifierKey::make(name, key.public_key());
  if (!verifier) return verifier.error();
  return NoteSigner(*std::move(verifier), std::move(key));
}

Result<std::string> NoteSigner::signature_line(std::string_view text) const {
  auto signature = key_.sign(text);
  if (!signature) return signature.error();
  return line_of({verifier_.name(), verifier_.id(), *std::move(signature)});
}

Result<std::string> sign_note(std::string_view text, std::span<const NoteSigner> signers) {
  if (signers.empty() || signers.size() > kMaxNoteSignatures)
    return malformed("it has no signer, or too many");
  if (!text.ends_with('\n') || !is_note_text(text)) {
    return malformed("its text has forbidden characters or does not end in a line break");
  }
  std::string note(text);
  note += '\n';
  for (const NoteSigner& signer : signers) {
    const auto line = signer.signature_line(text);
    if (!line) return line.error();
    note += *line;
  }
  if (note.size() > kMaxNoteSize) return malformed("it is too long");
  return note;
}

Result<Note> parse_note(BytesView note) {
  if (note.size() > kMaxNoteSize) return malformed("it is too long");
  if (!is_note_text(note)) return malformed("it is not UTF-8 or has control characters");
  const std::size_t split = note.rfind("\n\n");
  if (split == BytesView::npos) return malformed("no empty line comes before the signatures");
  Note out{std::string(note.substr(0, split + 1)), {}};
  BytesView rest = note.substr(split + 2);
  if (rest.empty()) return malformed("it has no signatures");
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == BytesView::npos) return malformed("the last signature has no line break");
    if (out.signatures.size() == kMaxNoteSignatures) return malformed("it has too many signatures");
    auto signature = parse_signature(rest.substr(0, end));
    if (!signature) return signature.error();
    out.signatures.push_back(*std::move(signature));
    rest.remove_prefix(end + 1);
  }
  return out;
}

Result<std::vector<std::size_t>> verify_note(const Note& note, std::span<const VerifierKey> known) {
  std::vector<std::size_t> signed_by;
  for (const NoteSignature& signature : note.signatures) {
    const auto key = std::find_if(known.begin(), known.end(),
                                  [&](const VerifierKey& candidate) { return is_by(signature, candidate); });
    if (key == known.end()) continue;
    if (!key->public_key().verify(note.text, signature.signature)) {
      return failure(ErrorCode::failed_precondition, "NOTE_SIGNATURE_INVALID",
                     "the note was not signed by " + signature.name + ", or was changed afterwards");
    }
    const auto position = static_cast<std::size_t>(key - known.begin());
    if (std::find(signed_by.begin(), signed_by.end(), position) == signed_by.end())
      signed_by.push_back(position);
  }
  if (signed_by.empty()) {
    return failure(ErrorCode::failed_precondition, "NOTE_UNSIGNED", "no known key signed the note",
                   "check the configured key of the log");
  }
  return signed_by;
}

Result<Note> keep_known_signatures(const Note& note, std::span<const VerifierKey> known) {
  auto signed_by = verify_note(note, known);
  if (!signed_by) return signed_by.error();
  std::sort(signed_by->begin(), signed_by->end());
  Note out{note.text, {}};
  for (const std::size_t position : *signed_by) {
    out.signatures.push_back(
        *std::find_if(note.signatures.begin(), note.signatures.end(),
                      [&](const NoteSignature& signature) { return is_by(signature, known[position]); }));
  }
  return out;
}

std::string format_note(const Note& note) {
  std::string out = note.text + '\n';
  for (const NoteSignature& signature : note.signatures) out += line_of(signature);
  return out;
}

Result<std::string> open_note(BytesView note, std::span<const VerifierKey> known) {
  auto parsed = parse_note(note);
  if (!parsed) return parsed.error();
  if (const auto verified = verify_note(*parsed, known); !verified) return verified.error();
  return std::move(parsed->text);
}

}  // namespace tram::log
