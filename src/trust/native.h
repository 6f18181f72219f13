// OpenSSL behind RAII. Included by trust/*.cc alone.
#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "base/bytes.h"
#include "trust/certificate.h"

namespace tram::trust {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* handle) const {
    Free(handle);
  }
};

using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, Deleter<CMS_ContentInfo_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;

/// What OpenSSL reports inside a scope is answered by our return values; its per-thread queue must not leak
/// into another library's calls on the same thread (gRPC reads that queue).
class ErrorQueueScope {
 public:
  ErrorQueueScope() { ERR_set_mark(); }
  ~ErrorQueueScope() { ERR_pop_to_mark(); }
  ErrorQueueScope(const ErrorQueueScope&) = delete;
  ErrorQueueScope& operator=(const ErrorQueueScope&) = delete;
};

/// The two kinds of key the profile signs with; SHA-256 in both.
enum class KeyFamily { other, p256, rsa };

struct NativeCertificate {
  X509Ptr x509;
  EVP_PKEY* key = nullptr;  // owned by x509; null if the key could not be decoded
  KeyFamily family = KeyFamily::other;
  int key_bits = 0;
  PkeyCtxPtr verify;     // ready for EVP_PKEY_verify over SHA-256; copied for each use; null for other keys
  Bytes issuer;          // DER of the issuer's Name
  Bytes serial;          // DER of the serial number, tag and length included
  Bytes key_identifier;  // the subjectKeyIdentifier's octets; empty if none
};

[[nodiscard]] KeyFamily family_of(const EVP_PKEY& key);
[[nodiscard]] std::string describe(const EVP_PKEY& key);

inline const unsigned char* octets(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* octets(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

/// Prepares a context for EVP_PKEY_sign (sign) or EVP_PKEY_verify over a SHA-256 digest; null on failure.
[[nodiscard]] PkeyCtxPtr prepare(EVP_PKEY& key, bool sign);

}  // namespace tram::trust
