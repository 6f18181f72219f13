#include "trust/cms.h"

#include <algorithm>

#include "trust/cms_profile.h"

namespace tram::trust {
namespace {

Error malformed() {
  return invalid("signature", "SIGNATURE_MALFORMED",
                 "not one detached CAdES-B-B signature in DER as the exchange writes it",
                 "sign with SHA-256 and exactly content-type, message-digest, signing-time and "
                 "signing-certificate-v2, without unsigned attributes");
}

Digest digest_from(BytesView octets) { return *Digest::from_bytes(octets); }

std::vector<Bytes> owned(const std::vector<BytesView>& views) { return {views.begin(), views.end()}; }

}  // namespace

Result<SignatureParts> inspect(BytesView signature) {
  const auto parsed = parse_signature(signature, Form::exact);
  if (!parsed) return malformed();
  return SignatureParts{.content = digest_from(parsed->content),
                        .certificate = digest_from(parsed->certificate),
                        .signing_time = parsed->signing_time,
                        .algorithm = parsed->algorithm,
                        .certificates = owned(parsed->certificates)};
}

Result<StrippedSignature> strip_certificates(BytesView signature) {
  const auto parsed = parse_signature(signature, Form::from_elsewhere);
  if (!parsed) return malformed();
  StrippedSignature out{encode_signature(*parsed, {}), owned(parsed->certificates)};
  if (out.signature.size() > kMaxWireSignature) return malformed();
  return out;
}

Result<Bytes> with_certificates(BytesView wire_signature, const std::vector<CertificatePtr>& certificates) {
  const auto parsed = parse_signature(wire_signature, Form::exact);
  if (!parsed || !parsed->certificates.empty()) return malformed();
  std::vector<BytesView> sorted;
  for (const CertificatePtr& certificate : certificates) sorted.push_back(certificate->der());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::size_t size = wire_signature.size();
  for (const BytesView certificate : sorted) size += certificate.size();
  if (sorted.size() > kMaxEmbeddedCertificates || size + 64 > kMaxSignatureWithCertificates)
    return invalid("certificates", "TOO_MANY_CERTIFICATES", "more certificates than one signature holds");
  return encode_signature(*parsed, sorted);
}

}  // namespace tram::trust
