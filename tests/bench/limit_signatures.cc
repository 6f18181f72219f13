#include "tests/bench/limit_signatures.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "tests/bench/limit_clock.h"

namespace tram::bench {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using Octets = std::vector<unsigned char>;

void require(int result) {
  if (result != 1) throw std::runtime_error("OpenSSL refused an operation");
}

KeyContext context_of(const Key& key) { return {EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free}; }

SignatureCosts costs(Key key, std::chrono::milliseconds time) {
  if (!key) throw std::runtime_error("OpenSSL made no key");
  const Octets digest(32, 7);
  Octets signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
  std::size_t length = 0;
  const KeyContext signing = context_of(key), verifying = context_of(key);
  require(EVP_PKEY_sign_init(signing.get()));
  require(EVP_PKEY_CTX_set_signature_md(signing.get(), EVP_sha256()));
  require(EVP_PKEY_verify_init(verifying.get()));
  require(EVP_PKEY_CTX_set_signature_md(verifying.get(), EVP_sha256()));
  SignatureCosts out;
  out.sign = cost_of(time, [&] {
    length = signature.size();
    require(EVP_PKEY_sign(signing.get(), signature.data(), &length, digest.data(), digest.size()));
  });
  out.verify = cost_of(time, [&] {
    require(EVP_PKEY_verify(verifying.get(), signature.data(), length, digest.data(), digest.size()));
  });
  return out;
}

}  // namespace

SignatureCosts cost_of_p256(std::chrono::milliseconds time) {
  return costs(Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free), time);
}

SignatureCosts cost_of_rsa2048(std::chrono::milliseconds time) {
  return costs(Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), EVP_PKEY_free), time);
}

double cost_of_sha256(std::uint64_t bytes, std::chrono::milliseconds time) {
  const std::string payload(bytes, 'x');
  return cost_of(time, [&] { static_cast<void>(Sha256::of(payload)); });
}

}  // namespace tram::bench
