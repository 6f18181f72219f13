#include "trust/native.h"

#include <openssl/rsa.h>

#include <array>

namespace tram::trust {

KeyFamily family_of(const EVP_PKEY& key) {
  if (EVP_PKEY_is_a(&key, "RSA") == 1) return KeyFamily::rsa;
  return describe(key) == "P-256" ? KeyFamily::p256 : KeyFamily::other;
}

std::string describe(const EVP_PKEY& key) {
  if (EVP_PKEY_is_a(&key, "RSA") == 1) return "RSA-" + std::to_string(EVP_PKEY_get_bits(&key));
  std::array<char, 64> group{};
  if (EVP_PKEY_is_a(&key, "EC") == 1 &&
      EVP_PKEY_get_group_name(&key, group.data(), group.size(), nullptr) == 1) {
    return std::string_view(group.data()) == "prime256v1" ? "P-256" : group.data();
  }
  const char* type = EVP_PKEY_get0_type_name(&key);
  return type == nullptr ? "unknown" : type;
}

PkeyCtxPtr prepare(EVP_PKEY& key, bool sign) {
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr));
  if (context == nullptr) return nullptr;
  const int ready = sign ? EVP_PKEY_sign_init(context.get()) : EVP_PKEY_verify_init(context.get());
  if (ready != 1) return nullptr;
  if (EVP_PKEY_is_a(&key, "RSA") == 1 && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1)
    return nullptr;
  if (EVP_PKEY_CTX_set_signature_md(context.get(), sha256) != 1) return nullptr;
  return context;
}

}  // namespace tram::trust
