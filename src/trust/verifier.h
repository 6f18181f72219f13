// Judges signatures: every check with its own answer, and every cause of a bad one.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "model/verdict.h"
#include "trust/certificate.h"

namespace tram::trust {

/// Whether the registry maps the certificate to the agency, for certificates that do not say so themselves:
/// other registration schemes (VATVN-, NTRVN-, ...) and none.
using Mapping = std::function<bool(const Digest& certificate, const AgencyCode& agency)>;

/// One signature and what is claimed of it.
struct SignatureToVerify {
  BytesView content;           ///< what was signed: the manifest's bytes
  BytesView signature;         ///< wire form, see trust/cms.h
  CertificatePtr certificate;  ///< the signer's; null gives a bad verdict
  Timestamp signed_at;         ///< the header's claim: the signature's must equal it to the second
  SignedBy signed_by = SignedBy::agency;
  AgencyCode agency;  ///< for whom
  AgencyCode node;    ///< the sealing node; empty for SignedBy::agency
  TimeBasis basis = TimeBasis::arrival;
  Timestamp judged_at;  ///< certificates are judged at this time
  Mapping mapped;       ///< may be empty
};

/// Threads: immutable but for its cache of good paths; any number at once.
class Verifier {
 public:
  /// `roots` are the only trust anchors; `intermediates` are CA certificates that help to reach them and are
  /// trusted for nothing. At most `remembered_chains` good paths are kept, a few hundred bytes each beside
  /// their certificates.
  Verifier(const std::vector<CertificatePtr>& roots, const std::vector<CertificatePtr>& intermediates,
           std::size_t remembered_chains = 4096);
  ~Verifier();
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;

  /// The full verdict. Causes are FAILED_PRECONDITION with one of the reasons
  ///   SIGNATURE_INVALID          malformed, of other content, or not by this certificate's key
  ///   SIGNING_TIME_MISMATCH      the signing-time is not the header's
  ///   CERTIFICATE_BINDING        signing-certificate-v2 or the signer's name means another certificate
  ///   CERTIFICATE_UNKNOWN        no certificate was given
  ///   CHAIN_INCOMPLETE, CHAIN_INVALID
  ///   CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID   it or one above it, at judged_at
  ///   KEY_USAGE, KEY_TOO_WEAK, KEY_NOT_SUPPORTED
  ///   FOREIGN_AGENCY             the certificate does not speak for the agency (SignedBy::agency, seal), or
  ///                              not for the node, or the agency is not within the node (SignedBy::node)
  /// Revocation, time-stamps and PDF signatures stay not_checked.
  [[nodiscard]] Verdict verify(const SignatureToVerify& signature) const;

  /// All of verify() that concerns the certificate; signature and certificate_binding stay not_checked. For
  /// judging a seal before it is used; content and signature are not read.
  [[nodiscard]] Verdict judge_certificate(const SignatureToVerify& signature) const;

  /// The certificate's path at a time, signer first, root last. Errors: FAILED_PRECONDITION,
  /// CERTIFICATE_REFUSED, with all causes.
  [[nodiscard]] Result<std::vector<CertificatePtr>> path_of(const CertificatePtr& certificate,
                                                            Timestamp at) const;

  /// How many paths were built rather than remembered: a metric.
  [[nodiscard]] std::uint64_t chains_built() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tram::trust
