#include "trust/issuers.h"

#include <algorithm>
#include <tuple>

#include "trust/native.h"

namespace tram::trust {
namespace {

// Names are compared first, which is cheap: one name may be many CAs', and one CA's key tells.
bool is_by(const Certificate& certificate, const Certificate& issuer) {
  X509* const below = certificate.native().x509.get();
  X509* const above = issuer.native().x509.get();
  return X509_check_issued(above, below) == X509_V_OK && issuer.native().key != nullptr &&
         X509_verify(below, issuer.native().key) == 1;
}

bool is_root(const Certificate& certificate) { return is_by(certificate, certificate); }

auto rank(const Certificate& issuer, Timestamp at) {
  const bool is_valid = issuer.not_before() <= at && at < issuer.not_after();
  return std::tuple(is_root(issuer), is_valid, issuer.not_after());
}

CertificatePtr issuer_of(const Certificate& certificate, const std::vector<CertificatePtr>& known,
                         Timestamp at) {
  CertificatePtr best;
  for (const CertificatePtr& each : known) {
    if (!is_by(certificate, *each)) continue;
    if (best == nullptr || rank(*best, at) < rank(*each, at)) best = each;
  }
  return best;
}

bool holds(const std::vector<CertificatePtr>& path, const Certificate& certificate) {
  return std::any_of(path.begin(), path.end(),
                     [&](const CertificatePtr& each) { return each->sha256() == certificate.sha256(); });
}

}  // namespace

std::vector<CertificatePtr> with_issuers(const CertificatePtr& signer,
                                         const std::vector<CertificatePtr>& known, Timestamp at) {
  const ErrorQueueScope errors;
  std::vector<CertificatePtr> path{signer};
  while (path.size() <= kMaxIssuers) {
    const CertificatePtr issuer = issuer_of(*path.back(), known, at);
    if (issuer == nullptr || is_root(*issuer) || holds(path, *issuer)) break;
    path.push_back(issuer);
  }
  return path;
}

}  // namespace tram::trust
