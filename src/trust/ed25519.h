// Ed25519 (RFC 8032): the signature of log checkpoints. Never used in CMS, which OpenSSL 3.0 cannot do with
// it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY, which no header of ours includes

namespace tram::trust {

inline constexpr std::size_t kEd25519PublicKeySize = 32;
inline constexpr std::size_t kEd25519SignatureSize = 64;

/// A public key. Copies share one immutable key. Threads: any, also at the same time.
class Ed25519PublicKey {
 public:
  /// From the 32 bytes of RFC 8032 section 5.1.5; any other length is an error.
  [[nodiscard]] static Result<Ed25519PublicKey> from_bytes(BytesView bytes);

  /// The 32 bytes.
  [[nodiscard]] BytesView bytes() const { return bytes_; }
  /// Whether `signature` is this key's signature of exactly `message`; false for a signature of any other
  /// length.
  [[nodiscard]] bool verify(BytesView message, BytesView signature) const;

  bool operator==(const Ed25519PublicKey& other) const { return bytes_ == other.bytes_; }

 private:
  friend class Ed25519PrivateKey;
  Ed25519PublicKey(std::shared_ptr<evp_pkey_st> key, Bytes bytes);

  std::shared_ptr<evp_pkey_st> key_;
  Bytes bytes_;
};

/// A private key. Copies share one immutable key, which OpenSSL wipes when the last copy goes. Threads: any,
/// also at the same time.
class Ed25519PrivateKey {
 public:
  /// From the text of a PEM file that holds one unencrypted PKCS#8 key (RFC 8410), as `openssl genpkey
  /// -algorithm ed25519` writes it. An encrypted key is an error; nothing ever asks for a passphrase.
  [[nodiscard]] static Result<Ed25519PrivateKey> from_pem(std::string_view pem);
  /// A new key from the operating system's randomness.
  [[nodiscard]] static Result<Ed25519PrivateKey> generate();

  /// What from_pem() reads. A secret: the caller wipes it.
  [[nodiscard]] Result<std::string> to_pem() const;
  /// The 64-byte signature of `message`.
  [[nodiscard]] Result<Bytes> sign(BytesView message) const;
  [[nodiscard]] const Ed25519PublicKey& public_key() const { return public_key_; }

 private:
  explicit Ed25519PrivateKey(Ed25519PublicKey public_key);
  static Result<Ed25519PrivateKey> from_key(std::shared_ptr<evp_pkey_st> key);

  Ed25519PublicKey public_key_;  // its EVP_PKEY holds the private half too
};

}  // namespace tram::trust
