#include "log/checkpoint.h"

#include <span>
#include <utility>

#include "base/encoding.h"
#include "log/decimal.h"
#include "log/merkle.h"

namespace tram::log {
namespace {

Error malformed(const char* why) {
  return invalid("", "CHECKPOINT_MALFORMED", std::string("not a checkpoint: ") + why);
}

// Takes one line off `rest`, its LF dropped; empty if there is none, which no checkpoint allows.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

Result<Digest> parse_root(std::string_view line) {
  const auto bytes = from_base64(line);
  if (!bytes) return bytes.error();
  return Digest::from_bytes(*bytes);
}

Result<Checkpoint> checkpoint_of(const VerifierKey& log, std::string_view text) {
  auto checkpoint = parse_checkpoint(text);
  if (checkpoint && checkpoint->origin != log.name()) {
    return failure(ErrorCode::failed_precondition, "CHECKPOINT_FOREIGN",
                   "the checkpoint is that of another log");
  }
  return checkpoint;
}

Result<Checkpoint> read_checkpoint(BytesView note) {
  const auto parsed = parse_note(note);
  if (!parsed) return parsed.error();
  return parse_checkpoint(parsed->text);
}

// With its signature whoever is told of the second root can prove it; the first one's note is kept.
Error forked(const Checkpoint& kept, const Checkpoint& other, BytesView other_note) {
  const Bytes signature = parse_note(other_note).value().signatures.front().signature;
  return failure(ErrorCode::failed_precondition, std::string(kLogForked),
                 "the log " + kept.origin + " shows two histories: of its first " +
                     std::to_string(kept.size) + " entries it signed the root " +
                     to_base64(kept.root.bytes()) + ", which is kept here, and now " +
                     to_base64(other.root.bytes()) + " with the signature " + to_base64(signature),
                 "ask that log's operator what became of it");
}

}  // namespace

std::string format_checkpoint(const Checkpoint& checkpoint) {
  return checkpoint.origin + '\n' + std::to_string(checkpoint.size) + '\n' +
         to_base64(checkpoint.root.bytes()) + '\n' + checkpoint.extensions;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  Checkpoint out;
  out.origin = take_line(text);
  if (out.origin.empty()) return malformed("it has no origin");
  const auto size = parse_decimal(take_line(text));
  if (!size || *size > kMaxTreeSize) return malformed("its second line is not the size of a tree");
  const auto root = parse_root(take_line(text));
  if (!root) return malformed("its third line is not a SHA-256 value in base64");
  out.size = *size;
  out.root = *root;
  if (out.size == 0 && out.root != empty_root()) return malformed("its root is not that of the empty tree");
  out.extensions = text;
  while (!text.empty()) {
    if (take_line(text).empty()) return malformed("an extension line is empty or has no line break");
  }
  return out;
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const NoteSigner& log) {
  if (checkpoint.origin != log.verifier().name()) {
    return invalid("origin", "CHECKPOINT_FOREIGN", "the checkpoint is that of another log");
  }
  const std::string text = format_checkpoint(checkpoint);
  if (const auto readable = parse_checkpoint(text); !readable) return readable.error();
  return sign_note(text, std::span(&log, 1));
}

Result<Checkpoint> open_checkpoint(BytesView note, const VerifierKey& log) {
  const auto text = open_note(note, std::span(&log, 1));
  if (!text) return text.error();
  return checkpoint_of(log, *text);
}

Result<SignedCheckpoint> open_signed_checkpoint(BytesView note, const VerifierKey& log) {
  const auto parsed = parse_note(note);
  if (!parsed) return parsed.error();
  const auto kept = keep_known_signatures(*parsed, std::span(&log, 1));
  if (!kept) return kept.error();
  auto checkpoint = checkpoint_of(log, kept->text);
  if (!checkpoint) return checkpoint.error();
  return SignedCheckpoint{*std::move(checkpoint), format_note(*kept)};
}

Result<void> require_same_root(BytesView kept, BytesView other) {
  if (kept == other) return {};
  const auto first = read_checkpoint(kept);
  if (!first) return first.error();
  const auto second = read_checkpoint(other);
  if (!second) return second.error();
  if (first->root == second->root) return {};
  return forked(*first, *second, other);
}

}  // namespace tram::log
