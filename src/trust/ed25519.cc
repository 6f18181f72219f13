#include "trust/ed25519.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <climits>
#include <utility>

namespace tram::trust {
namespace {

using KeyHandle = std::shared_ptr<evp_pkey_st>;
using BioHandle = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using ContextHandle = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// Leaves no entry in the thread's error queue, which a later OpenSSL call would misread as its own.
Error broken(const char* what) {
  ERR_clear_error();
  return failure(ErrorCode::internal, "ED25519_FAILED", std::string("OpenSSL could not ") + what);
}

Error bad_key_file() {
  ERR_clear_error();
  return invalid("", "ED25519_KEY_MALFORMED", "not one unencrypted Ed25519 private key in PEM (PKCS#8)",
                 "make one with: openssl genpkey -algorithm ed25519");
}

// Without a callback OpenSSL would ask for a passphrase on the terminal.
int refuse_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

const unsigned char* data(BytesView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

Ed25519PublicKey::Ed25519PublicKey(KeyHandle key, Bytes bytes)
    : key_(std::move(key)), bytes_(std::move(bytes)) {}

Result<Ed25519PublicKey> Ed25519PublicKey::from_bytes(BytesView bytes) {
  if (bytes.size() != kEd25519PublicKeySize) {
    return invalid("", "ED25519_KEY_MALFORMED", "an Ed25519 public key has 32 bytes");
  }
  KeyHandle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data(bytes), bytes.size()),
                EVP_PKEY_free);
  if (!key) return broken("read an Ed25519 public key");
  return Ed25519PublicKey(std::move(key), Bytes(bytes));
}

bool Ed25519PublicKey::verify(BytesView message, BytesView signature) const {
  if (signature.size() != kEd25519SignatureSize) return false;
  const ContextHandle context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), data(signature), signature.size(), data(message), message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

Ed25519PrivateKey::Ed25519PrivateKey(Ed25519PublicKey public_key) : public_key_(std::move(public_key)) {}

Result<Ed25519PrivateKey> Ed25519PrivateKey::from_key(KeyHandle key) {
  Bytes bytes(kEd25519PublicKeySize, '\0');
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1 ||
      size != bytes.size()) {
    return broken("derive the public key of an Ed25519 key");
  }
  return Ed25519PrivateKey(Ed25519PublicKey(std::move(key), std::move(bytes)));
}

Result<Ed25519PrivateKey> Ed25519PrivateKey::from_pem(std::string_view pem) {
  if (pem.size() > INT_MAX || pem.find("-----BEGIN PRIVATE KEY-----") == std::string_view::npos)
    return bad_key_file();
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  if (!bio) return broken("allocate memory");
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, nullptr), EVP_PKEY_free);
  if (!key || EVP_PKEY_is_a(key.get(), "ED25519") != 1) return bad_key_file();
  return from_key(std::move(key));
}

Result<Ed25519PrivateKey> Ed25519PrivateKey::generate() {
  KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
  if (!key) return broken("generate an Ed25519 key");
  return from_key(std::move(key));
}

Result<std::string> Ed25519PrivateKey::to_pem() const {
  const BioHandle bio(BIO_new(BIO_s_secmem()), BIO_free_all);
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), public_key_.key_.get(), nullptr, nullptr, 0, nullptr,
                                            nullptr) != 1) {
    return broken("write an Ed25519 key");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  if (size <= 0) return broken("write an Ed25519 key");
  return std::string(text, static_cast<std::size_t>(size));
}

Result<Bytes> Ed25519PrivateKey::sign(BytesView message) const {
  const ContextHandle context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  Bytes signature(kEd25519SignatureSize, '\0');
  std::size_t size = signature.size();
  const bool good =
      context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, public_key_.key_.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data(message),
                     message.size()) == 1 &&
      size == signature.size();
  if (!good) return broken("sign with Ed25519");
  return signature;
}

}  // namespace tram::trust
