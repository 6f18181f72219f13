// What the tests of the log share: tiles in memory, leaves, and the definitions of RFC 6962 section 2.1 word
// for word.
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "log/merkle.h"
#include "log/note.h"
#include "log/tree.h"
#include "trust/ed25519.h"

namespace tram::log {

/// The tiles of one log; reads of what is not there are DATA_LOSS.
class MemoryTiles final : public TileReader {
 public:
  void store(const std::vector<FullTile>& tiles) {
    for (const FullTile& tile : tiles) tiles_[{tile.level, tile.index}] = tile.bytes;
  }
  [[nodiscard]] Bytes& at(unsigned level, std::uint64_t index) { return tiles_.at({level, index}); }
  [[nodiscard]] std::size_t count() const { return tiles_.size(); }
  [[nodiscard]] std::size_t reads() const { return reads_; }

  [[nodiscard]] Result<Bytes> full_tile(unsigned level, std::uint64_t index) const override {
    ++reads_;
    const auto found = tiles_.find({level, index});
    if (found == tiles_.end()) return failure(ErrorCode::data_loss, "TILE_MISSING", "no such tile");
    return found->second;
  }

 private:
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles_;
  mutable std::size_t reads_ = 0;
};

/// The entry at an index, and its leaf.
inline Bytes entry(std::uint64_t index) { return "entry " + std::to_string(index); }
inline Digest leaf_of(std::uint64_t index) { return leaf_hash(entry(index)); }

inline std::vector<Digest> leaves(std::uint64_t size) {
  std::vector<Digest> out;
  out.reserve(size);
  for (std::uint64_t i = 0; i < size; ++i) out.push_back(leaf_of(i));
  return out;
}

inline void grow(Tree& tree, MemoryTiles& tiles, std::uint64_t size) {
  while (tree.size() < size) tiles.store(tree.append(leaf_of(tree.size())));
}

using Leaves = std::span<const Digest>;

/// The largest power of two below n; n > 1.
inline std::size_t split_of(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/// MTH of RFC 6962 section 2.1.
inline Digest naive_root(Leaves d) {
  if (d.empty()) return Sha256::of({});
  if (d.size() == 1) return d[0];
  const std::size_t k = split_of(d.size());
  return Sha256::of("\x01" + Bytes(naive_root(d.first(k)).bytes()), naive_root(d.subspan(k)).bytes());
}

inline Path joined(Path path, const Digest& last) {
  path.push_back(last);
  return path;
}

/// PATH of RFC 6962 section 2.1.1.
inline Path naive_path(std::size_t m, Leaves d) {
  if (d.size() == 1) return {};
  const std::size_t k = split_of(d.size());
  if (m < k) return joined(naive_path(m, d.first(k)), naive_root(d.subspan(k)));
  return joined(naive_path(m - k, d.subspan(k)), naive_root(d.first(k)));
}

/// SUBPROOF of RFC 6962 section 2.1.2.
inline Path naive_subproof(std::size_t m, Leaves d, bool whole) {
  if (m == d.size()) return whole ? Path() : Path{naive_root(d)};
  const std::size_t k = split_of(d.size());
  if (m <= k) return joined(naive_subproof(m, d.first(k), whole), naive_root(d.subspan(k)));
  return joined(naive_subproof(m - k, d.subspan(k), false), naive_root(d.first(k)));
}

inline Digest digest(std::string_view hex) { return Digest::from_hex(hex).value(); }

/// The private key with that seed as a PKCS#8 file (RFC 8410 section 7).
inline std::string pem_of_seed(std::string_view seed_hex) {
  const Bytes der = from_hex("302e020100300506032b657004220420").value() + from_hex(seed_hex).value();
  return "-----BEGIN PRIVATE KEY-----\n" + to_base64(der) + "\n-----END PRIVATE KEY-----\n";
}

/// Published in RFC 8032 section 7.1, tests 1 and 2: keys for tests and nothing else.
inline constexpr std::string_view kSeed1 = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
inline constexpr std::string_view kSeed2 = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

inline NoteSigner signer(std::string_view name, std::string_view seed = kSeed1) {
  return NoteSigner::make(name, trust::Ed25519PrivateKey::from_pem(pem_of_seed(seed)).value()).value();
}

inline std::string data_file(const std::string& name) {
  std::ifstream in(std::string(TRAM_SOURCE_DIR) + "/tests/log/data/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace tram::log
