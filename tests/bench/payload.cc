#include "tests/bench/payload.h"

#include <algorithm>
#include <random>

namespace tram::bench {
namespace {

constexpr std::size_t kBlock = 1 << 16;
constexpr std::size_t kIdLength = 30;  // see ledger.h

const std::string& block() {
  static const std::string made = [] {
    std::mt19937_64 random(1);
    std::string out(kBlock, '\0');
    for (char& byte : out) byte = static_cast<char>(random());
    return out;
  }();
  return made;
}

}  // namespace

std::string payload_of(const std::string& id, std::uint64_t bytes) {
  std::string out = id;
  const std::size_t wanted = std::max<std::size_t>(bytes, id.size());
  out.reserve(wanted);
  while (out.size() < wanted) out.append(block(), 0, std::min(kBlock, wanted - out.size()));
  return out;
}

std::string id_of_payload(std::string_view payload) { return std::string(payload.substr(0, kIdLength)); }

}  // namespace tram::bench
