#include "base/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

#include "base/encoding.h"

namespace tram {
namespace {

// Fetched once: EVP_sha256() looks the algorithm up anew for every context in OpenSSL 3.0.
const EVP_MD* algorithm() {
  static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

void require(int answer) {
  if (answer != 1)
    throw std::runtime_error("OpenSSL cannot compute SHA-256: its default provider is not loaded");
}

}  // namespace

Result<Digest> Digest::from_bytes(BytesView bytes) {
  if (bytes.size() != kSize) return invalid("", "DIGEST_MALFORMED", "a SHA-256 digest has 32 bytes");
  Digest out;
  std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
  return out;
}

Result<Digest> Digest::from_hex(std::string_view text) {
  if (text.size() != 2 * kSize)
    return invalid("", "DIGEST_MALFORMED", "a SHA-256 digest has 64 hexadecimal digits");
  auto bytes = tram::from_hex(text);
  if (!bytes) return bytes.error();
  return from_bytes(*bytes);
}

std::string Digest::hex() const { return to_hex(bytes()); }

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() { require(EVP_DigestInit_ex(context, algorithm(), nullptr)); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(BytesView bytes) {
  require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
  return *this;
}

Digest Sha256::finish() {
  Digest out;
  require(EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(out.bytes_.data()), nullptr));
  require(EVP_DigestInit_ex(state_->context, algorithm(), nullptr));
  return out;
}

Digest Sha256::of(BytesView bytes) { return of(bytes, {}); }

Digest Sha256::of(BytesView first, BytesView second) {
  thread_local Sha256 hasher;
  return hasher.update(first).update(second).finish();
}

}  // namespace tram
