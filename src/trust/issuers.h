// Which of many CA certificates an exported signature takes along.
#pragma once

#include <vector>

#include "trust/certificate.h"

namespace tram::trust {

/// As many as a Verifier follows above a signer.
inline constexpr std::size_t kMaxIssuers = 6;

/// The signer's certificate, its issuer's, and so on up to below the root: what with_certificates() is to be
/// given. An issuer is one of `known` whose name and right to certify fit, and whose key made the signature
/// on the certificate below. Where several fit, because a CA was certified more than once, a self-signed one
/// goes first: it is a root, and ends the path. Then one that is valid at `at`, then the one that ends last,
/// then the first. The path also ends where no issuer is known, at one that is in it already, and after
/// kMaxIssuers. `known` may be hostile: nothing is trusted by this, and the time it takes grows with its size
/// alone.
[[nodiscard]] std::vector<CertificatePtr> with_issuers(const CertificatePtr& signer,
                                                       const std::vector<CertificatePtr>& known,
                                                       Timestamp at);

}  // namespace tram::trust
