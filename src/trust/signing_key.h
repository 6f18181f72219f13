// A key that signs documents, with the certificate that says whose it is.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "trust/certificate.h"

namespace tram::trust {

/// A private key and its certificate: an agency's own, or a seal entrusted to a node. The key never leaves
/// it; OpenSSL wipes it when the last copy goes. Threads: immutable; any number at once.
class SigningKey {
 public:
  /// An unencrypted PEM key (PKCS#8 or traditional), P-256 or RSA of 2048 to 8192 bits, and the certificate
  /// of the same key: the first of `certificate_pem`. The caller wipes `key_pem`.
  /// Errors: INVALID_ARGUMENT: KEY_MALFORMED, KEY_TOO_WEAK, KEY_NOT_SUPPORTED, KEY_CERTIFICATE_MISMATCH,
  /// CERTIFICATE_MALFORMED.
  [[nodiscard]] static Result<SigningKey> load(std::string_view key_pem, std::string_view certificate_pem);
  /// The same from files; the key's bytes are wiped. Errors: also FILE_UNREADABLE (NOT_FOUND), and
  /// KEY_FILE_EXPOSED (FAILED_PRECONDITION) for a key file that any user of the machine may read.
  [[nodiscard]] static Result<SigningKey> load_files(const std::string& key_path,
                                                     const std::string& certificate_path);

  [[nodiscard]] const CertificatePtr& certificate() const;

  /// Detached CAdES-B-B over `content` in the wire form of trust/cms.h, claiming `signing_time` rounded down
  /// to the second. Whether the certificate's path is good is Verifier's business and not asked here.
  /// Errors: FAILED_PRECONDITION: CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID at `signing_time`; INTERNAL:
  /// SIGNING_FAILED.
  [[nodiscard]] Result<Bytes> sign(BytesView content, Timestamp signing_time) const;

 private:
  struct State;
  explicit SigningKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace tram::trust
