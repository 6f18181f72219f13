#include "trust/usage.h"

#include <array>

#include "trust/native.h"

namespace tram::trust {
namespace {

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;

Error refuse(std::string reason, std::string message, std::string remedy = {}) {
  return failure(ErrorCode::failed_precondition, std::move(reason), std::move(message), std::move(remedy));
}

using ExtendedUsagePtr = std::unique_ptr<EXTENDED_KEY_USAGE, Deleter<EXTENDED_KEY_USAGE_free>>;

bool is_document_use(const ASN1_OBJECT* use) {
  std::array<char, 64> oid{};
  if (OBJ_obj2txt(oid.data(), oid.size(), use, 1) <= 0) return false;
  const std::string_view text(oid.data());
  return text == "1.3.6.1.5.5.7.3.36" ||       // documentSigning, RFC 9336
         text == "1.3.6.1.4.1.311.10.3.12" ||  // its precursor
         text == "1.3.6.1.5.5.7.3.4" ||        // emailProtection
         text == "2.5.29.37.0";                // anyExtendedKeyUsage
}

// True without the extension; false if it is there and lacks every fitting use, or cannot be read.
bool extended_usage_fits(const Certificate& certificate) {
  int state = 0;
  const ExtendedUsagePtr uses(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate.native().x509.get(), NID_ext_key_usage, &state, nullptr)));
  if (uses == nullptr) return state == -1;
  for (int i = 0; i < sk_ASN1_OBJECT_num(uses.get()); ++i) {
    if (is_document_use(sk_ASN1_OBJECT_value(uses.get(), i))) return true;
  }
  return false;
}

std::string day_of(Timestamp time) { return to_rfc3339(time).substr(0, 10); }

}  // namespace

std::optional<Error> key_weakness(const Certificate& certificate) {
  const NativeCertificate& native = certificate.native();
  if (native.family == KeyFamily::rsa && native.key_bits < kMinRsaBits)
    return refuse("KEY_TOO_WEAK", certificate.key_description() + " is too weak to sign with",
                  "use P-256 or RSA of at least 2048 bits");
  if (native.family == KeyFamily::other || native.key_bits > kMaxRsaBits || native.verify == nullptr)
    return refuse("KEY_NOT_SUPPORTED",
                  "signatures of a " + certificate.key_description() + " key are not read",
                  "use P-256 or RSA of 2048 to 8192 bits");
  return std::nullopt;
}

std::vector<Error> signing_usage(const Certificate& certificate) {
  X509* const x509 = certificate.native().x509.get();
  const std::string who = "the certificate " + certificate.subject();
  std::vector<Error> out;
  if ((X509_get_extension_flags(x509) & EXFLAG_INVALID) != 0)
    out.push_back(refuse("KEY_USAGE", who + " has extensions that cannot be read"));
  if (X509_check_ca(x509) != 0)
    out.push_back(refuse("KEY_USAGE", who + " is a CA's, which signs no documents"));
  // Without the extension OpenSSL answers with all bits: every use is allowed (RFC 5280).
  if ((X509_get_key_usage(x509) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
    out.push_back(refuse("KEY_USAGE", who + " is not for signatures: keyUsage has neither digitalSignature "
                                            "nor nonRepudiation"));
  if (!extended_usage_fits(certificate))
    out.push_back(refuse("KEY_USAGE", who + " is not for documents: extendedKeyUsage has none of "
                                            "documentSigning, emailProtection, anyExtendedKeyUsage"));
  return out;
}

std::optional<Error> issuing_usage(const Certificate& issuer) {
  if (extended_usage_fits(issuer)) return std::nullopt;
  return refuse("KEY_USAGE", "the CA " + issuer.subject() + " may not certify signers of documents");
}

std::optional<Error> out_of_validity(const Certificate& certificate, Timestamp at) {
  if (at < certificate.not_before())
    return refuse("CERTIFICATE_NOT_YET_VALID", "the certificate " + certificate.subject() +
                                                   " is valid from " + day_of(certificate.not_before()));
  if (at >= certificate.not_after())
    return refuse(
        "CERTIFICATE_EXPIRED",
        "the certificate " + certificate.subject() + " was valid until " + day_of(certificate.not_after()),
        "sign with a valid certificate");
  return std::nullopt;
}

bool names_agency(std::string_view organization_identifier, const AgencyCode& agency) {
  constexpr std::string_view kGovernment = "GOVVN";
  if (!organization_identifier.starts_with(kGovernment)) return false;
  organization_identifier.remove_prefix(kGovernment.size());
  const std::size_t dash = organization_identifier.find('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view subdivision = organization_identifier.substr(0, dash);
  if (!subdivision.empty() && (subdivision[0] != '+' || subdivision.size() < 2 || subdivision.size() > 4))
    return false;
  const auto code = AgencyCode::parse(organization_identifier.substr(dash + 1));
  return code && !agency.empty() && *code == agency;
}

}  // namespace tram::trust
