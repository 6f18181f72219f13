// Prints a log, its proofs, checkpoints and tile paths, one fact a line, for check.go to check.
//
//   leaf HEX | root SIZE HEX | inclusion INDEX SIZE HEX... | consistency OLD NEW HEX...
//   vkey TEXT | note BASE64 | path LEVEL INDEX WIDTH TEXT | tile LEVEL INDEX HEX
#include <iostream>
#include <string_view>

#include "log/checkpoint.h"
#include "log/tile_path.h"
#include "tests/log/support.h"

namespace tram::log {
namespace {

constexpr std::uint64_t kSize = 66000;
const std::vector<std::uint64_t> kSizes = {1,   2,    3,     7,     8,     255,   256,  257,
                                           511, 1000, 65535, 65536, 65537, 65793, kSize};

void print(const Path& path) {
  for (const Digest& hash : path) std::cout << ' ' << hash.hex();
  std::cout << '\n';
}

void print_proofs(const Tree& tree) {
  for (const std::uint64_t size : kSizes) {
    std::cout << "root " << size << ' ' << tree.root_at(size).value().hex() << '\n';
    for (std::uint64_t index = 0; index < size; index += 1 + size / 37) {
      std::cout << "inclusion " << index << ' ' << size;
      print(tree.inclusion_proof(index, size).value());
    }
    std::cout << "inclusion " << size - 1 << ' ' << size;
    print(tree.inclusion_proof(size - 1, size).value());
    for (const std::uint64_t old_size : kSizes) {
      if (old_size > size) break;
      std::cout << "consistency " << old_size << ' ' << size;
      print(tree.consistency_proof(old_size, size).value());
    }
  }
}

void print_notes(const Tree& tree) {
  const NoteSigner log =
      NoteSigner::make("log.example/tram", trust::Ed25519PrivateKey::generate().value()).value();
  std::cout << "vkey " << log.verifier().vkey() << '\n';
  for (const std::uint64_t size : kSizes) {
    const Checkpoint head{log.verifier().name(), size, tree.root_at(size).value(), ""};
    std::cout << "note " << to_base64(sign_checkpoint(head, log).value()) << '\n';
  }
}

void print_paths() {
  for (const std::uint64_t index : {0ULL, 7ULL, 999ULL, 1000ULL, 1234067ULL, 999999999ULL, 123456789012ULL}) {
    for (const std::uint64_t width : {1U, 200U, 256U}) {
      for (const unsigned level : {0U, 1U, 7U, 63U}) {
        std::cout << "path " << level << ' ' << index << ' ' << width << ' '
                  << format_tile_path({level, index, width}) << '\n';
      }
    }
  }
}

void run() {
  MemoryTiles tiles;
  Tree tree(tiles);
  while (tree.size() < kSize) {
    const Digest leaf = leaf_of(tree.size());
    std::cout << "leaf " << leaf.hex() << '\n';
    const auto full = tree.append(leaf);
    for (const FullTile& tile : full) {
      std::cout << "tile " << tile.level << ' ' << tile.index << ' ' << to_hex(tile.bytes) << '\n';
    }
    tiles.store(full);
  }
  print_proofs(tree);
  print_notes(tree);
  print_paths();
}

}  // namespace
}  // namespace tram::log

int main() {
  tram::log::run();
  return std::cout.flush() ? 0 : 1;
}
