// The signature of a container: exactly its profile, and judged offline.
#pragma once

#include <vector>

#include "evidence/judging_time.h"
#include "trust/cms.h"

namespace tram::evidence {

/// signature001.p7s taken apart.
struct ExportedSignature {
  trust::SignatureParts parts;
  Bytes wire;  ///< without certificates
  std::vector<trust::CertificatePtr> certificates;
};

/// INVALID_ARGUMENT unless putting the parts together again gives the same bytes: every bit outside what is
/// signed is then fixed (trust/cms.h).
[[nodiscard]] Result<ExportedSignature> read_exported_signature(BytesView p7s);

/// What is judged beside the signature itself.
struct SignedContent {
  BytesView manifest;
  const Header& header;
  JudgingTime time;
};

/// The verdict; `causes` gets every reason why it is not good, and each certificate that is no link between
/// the signer and a root: no signature would cover it, so it could be changed unnoticed.
[[nodiscard]] Verdict judge_signature(const ExportedSignature& signature, const SignedContent& content,
                                      const VerificationTrust& trust, std::vector<Error>& causes);

}  // namespace tram::evidence
