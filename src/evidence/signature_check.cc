#include "evidence/signature_check.h"

#include <algorithm>

namespace tram::evidence {
namespace {

bool is_link(const std::vector<trust::CertificatePtr>& path, const trust::CertificatePtr& certificate) {
  return std::any_of(path.begin(), path.end(), [&](const trust::CertificatePtr& link) {
    return link->sha256() == certificate->sha256();
  });
}

void check_path(const trust::Verifier& verifier, const ExportedSignature& signature,
                const trust::CertificatePtr& signer, Timestamp at, std::vector<Error>& causes) {
  const auto path = verifier.path_of(signer, at);
  if (!path) return;  // the verdict says why
  for (const auto& certificate : signature.certificates) {
    if (is_link(*path, certificate)) continue;
    causes.push_back(failure(ErrorCode::failed_precondition, "CERTIFICATE_UNRELATED",
                             "holds a certificate that does not lead from the signer to a root"));
  }
}

}  // namespace

Result<ExportedSignature> read_exported_signature(BytesView p7s) {
  auto parts = trust::inspect(p7s);
  if (!parts) return parts.error();
  auto stripped = trust::strip_certificates(p7s);
  if (!stripped) return stripped.error();
  ExportedSignature out{std::move(*parts), std::move(stripped->signature), {}};
  for (const Bytes& der : stripped->certificates) {
    auto certificate = trust::Certificate::from_der(der);
    if (!certificate) return certificate.error();
    out.certificates.push_back(std::move(*certificate));
  }
  const auto again = trust::with_certificates(out.wire, out.certificates);
  if (!again) return again.error();
  if (*again != p7s) {
    return invalid("", "SIGNATURE_MALFORMED", "is not encoded exactly as its profile demands");
  }
  return out;
}

Verdict judge_signature(const ExportedSignature& signature, const SignedContent& content,
                        const VerificationTrust& trust, std::vector<Error>& causes) {
  std::vector<trust::CertificatePtr> intermediates;  // those here first: of two of one CA the first is taken
  trust::CertificatePtr signer;
  for (const auto& certificate : signature.certificates) {
    if (certificate->sha256() == signature.parts.certificate) {
      signer = certificate;
    } else {
      intermediates.push_back(certificate);
    }
  }
  intermediates.insert(intermediates.end(), trust.intermediates.begin(), trust.intermediates.end());
  const trust::Verifier verifier(trust.roots, intermediates);
  Verdict verdict = verifier.verify({.content = content.manifest,
                                     .signature = signature.wire,
                                     .certificate = signer,
                                     .signed_at = content.header.signed_at,
                                     .signed_by = content.header.signed_by,
                                     .agency = content.header.submission.key.sender,
                                     .node = content.header.node,
                                     .basis = content.time.basis,
                                     .judged_at = content.time.at,
                                     .mapped = trust.mapped});
  causes.insert(causes.end(), verdict.causes.begin(), verdict.causes.end());
  if (verdict.causes.empty() && !verdict.good()) {
    causes.push_back(
        failure(ErrorCode::failed_precondition, "SIGNATURE_NOT_CHECKED", "could not be checked in full"));
  }
  if (signer) check_path(verifier, signature, signer, verdict.judged_at, causes);
  return verdict;
}

}  // namespace tram::evidence
