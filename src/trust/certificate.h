// X.509 certificates (RFC 5280), decoded once and shared.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"

namespace tram::trust {

struct NativeCertificate;  // OpenSSL's handles; defined in trust/native.h, for trust/*.cc alone

class Certificate;
using CertificatePtr = std::shared_ptr<const Certificate>;

/// One certificate. Being decoded says nothing of whether it is trusted: that is Verifier's answer.
/// Threads: immutable; any number at once.
class Certificate {
 public:
  static constexpr std::size_t kMaxSize = 16 * 1024;  ///< bytes of DER; larger is refused unread
  static constexpr std::size_t kMaxBundle = 64;       ///< certificates in one PEM bundle

  /// Exactly one certificate in DER, no byte after it, the same bytes when encoded again.
  /// Errors: INVALID_ARGUMENT, reason CERTIFICATE_MALFORMED.
  [[nodiscard]] static Result<CertificatePtr> from_der(BytesView der);
  /// The first certificate of a PEM text (RFC 7468). Errors: as from_der.
  [[nodiscard]] static Result<CertificatePtr> from_pem(std::string_view pem);
  /// Every certificate of a PEM text, in order; other PEM blocks are skipped. One that cannot be read, or
  /// none at all, is an error: as from_der.
  [[nodiscard]] static Result<std::vector<CertificatePtr>> read_pem_bundle(std::string_view pem);

  explicit Certificate(std::unique_ptr<NativeCertificate> native, Bytes der);  // called by from_der alone
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] BytesView der() const { return der_; }
  [[nodiscard]] std::string pem() const;
  /// Of the DER: what certificates are known by.
  [[nodiscard]] const Digest& sha256() const { return sha256_; }
  /// RFC 2253 form in UTF-8, e.g. "CN=Seal,O=UBND tỉnh Sơn La,C=VN".
  [[nodiscard]] const std::string& subject() const { return subject_; }
  /// Every organizationIdentifier of the subject (OID 2.5.4.97, ETSI EN 319 412-1 clause 5.1.4).
  [[nodiscard]] const std::vector<std::string>& organization_identifiers() const {
    return organization_identifiers_;
  }
  [[nodiscard]] Timestamp not_before() const { return not_before_; }
  /// The first instant at which it is no longer valid, as OpenSSL reads it.
  [[nodiscard]] Timestamp not_after() const { return not_after_; }
  /// "P-256", "RSA-2048"; another key's name as OpenSSL gives it.
  [[nodiscard]] const std::string& key_description() const { return key_description_; }

  [[nodiscard]] const NativeCertificate& native() const { return *native_; }

 private:
  std::unique_ptr<NativeCertificate> native_;
  Bytes der_;
  Digest sha256_;
  std::string subject_;
  std::vector<std::string> organization_identifiers_;
  Timestamp not_before_;
  Timestamp not_after_;
  std::string key_description_;
};

/// The SHA-256 of a certificate's DER given as PEM: how a TLS peer is looked up in the registry. Takes the
/// first PEM block without decoding the certificate in it. Errors: INVALID_ARGUMENT, CERTIFICATE_MALFORMED.
[[nodiscard]] Result<Digest> sha256_fingerprint_of_pem(std::string_view pem);

}  // namespace tram::trust
