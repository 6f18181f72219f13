#include "log/tlog_proof.h"

#include <utility>

#include "base/encoding.h"
#include "log/decimal.h"

namespace tram::log {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kMaxBase64Extra = (kMaxProofExtra + 2) / 3 * 4;
constexpr std::size_t kBase64Digest = (Digest::kSize + 2) / 3 * 4;

Error malformed(const char* why) {
  return invalid("", "TLOG_PROOF_MALFORMED", std::string("not a .tlog-proof: ") + why);
}

// Takes "prefix value LF" off `rest`; null data if the line is another.
std::string_view take_value(std::string_view& rest, std::string_view prefix) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos || !rest.starts_with(prefix)) return {};
  const std::string_view value = rest.substr(prefix.size(), end - prefix.size());
  rest.remove_prefix(end + 1);
  return value;
}

Result<Bytes> take_extra(std::string_view& rest) {
  if (!rest.starts_with(kExtra)) return Bytes();
  const std::string_view value = take_value(rest, kExtra);
  if (value.empty() || value.size() > kMaxBase64Extra)
    return malformed("its extra data is empty or too long");
  auto extra = from_base64(value);
  if (!extra || extra->size() > kMaxProofExtra) return malformed("its extra data is not base64 or too long");
  return extra;
}

// Takes the hashes and the empty line after them off `rest`.
Result<Path> take_path(std::string_view& rest) {
  Path path;
  while (!rest.starts_with('\n')) {
    if (path.size() == kMaxPathLength) return malformed("it has more hashes than any tree needs");
    if (rest.size() <= kBase64Digest || rest[kBase64Digest] != '\n')
      return malformed("a hash has the wrong length");
    const auto bytes = from_base64(rest.substr(0, kBase64Digest));
    if (!bytes) return malformed("a hash is not base64");
    const auto hash = Digest::from_bytes(*bytes);
    if (!hash) return malformed("a hash has the wrong length");
    path.push_back(*hash);
    rest.remove_prefix(kBase64Digest + 1);
  }
  rest.remove_prefix(1);
  return path;
}

}  // namespace

std::string format_tlog_proof(const TlogProof& proof) {
  std::string out(kHeader);
  if (!proof.extra.empty()) out.append(kExtra).append(to_base64(proof.extra)) += '\n';
  out.append(kIndex).append(std::to_string(proof.index)) += '\n';
  for (const Digest& hash : proof.path) out.append(to_base64(hash.bytes())) += '\n';
  out += '\n';
  return out += proof.checkpoint;
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  if (!text.starts_with(kHeader)) return malformed("its first line is another");
  text.remove_prefix(kHeader.size());
  auto extra = take_extra(text);
  if (!extra) return extra.error();
  const auto index = parse_decimal(take_value(text, kIndex));
  if (!index) return malformed("it has no index line, or its index is no number");
  auto path = take_path(text);
  if (!path) return path.error();
  if (const auto note = parse_note(text); !note) return note.error();
  return TlogProof{*std::move(extra), *index, *std::move(path), std::string(text)};
}

Result<void> verify_entry(BytesView entry, std::uint64_t index, std::span<const Digest> path,
                          const Checkpoint& checkpoint) {
  return verify_inclusion(leaf_hash(entry), index, checkpoint.size, path, checkpoint.root);
}

Result<Checkpoint> verify_inclusion(BytesView entry, std::uint64_t index, std::span<const Digest> path,
                                    BytesView checkpoint_note, const VerifierKey& log) {
  auto checkpoint = open_checkpoint(checkpoint_note, log);
  if (!checkpoint) return checkpoint.error();
  if (const auto included = verify_entry(entry, index, path, *checkpoint); !included) return included.error();
  return checkpoint;
}

Result<Checkpoint> verify(const TlogProof& proof, BytesView entry, const VerifierKey& log) {
  return verify_inclusion(entry, proof.index, proof.path, proof.checkpoint, log);
}

}  // namespace tram::log
