#include "trust/verifier.h"

#include <algorithm>

#include "trust/chain.h"
#include "trust/cms_profile.h"
#include "trust/der.h"
#include "trust/native.h"
#include "trust/usage.h"

namespace tram::trust {
namespace {

void refuse(Verdict& verdict, CheckState& check, std::string reason, std::string message,
            std::string remedy = {}) {
  check = CheckState::bad;
  verdict.causes.push_back(
      failure(ErrorCode::failed_precondition, std::move(reason), std::move(message), std::move(remedy)));
}

void settle(Verdict& verdict, CheckState& check, const std::vector<Error>& causes) {
  check = causes.empty() ? CheckState::good : CheckState::bad;
  verdict.causes.insert(verdict.causes.end(), causes.begin(), causes.end());
}

bool key_signed(const ParsedSignature& parsed, const NativeCertificate& native) {
  const bool same_kind =
      (native.family == KeyFamily::p256) == (parsed.algorithm == SignatureAlgorithm::ecdsa_sha256);
  if (native.verify == nullptr || !same_kind) return false;
  const ErrorQueueScope errors;
  const Digest digest = digest_of_attributes(parsed.signed_attributes);
  const PkeyCtxPtr context(EVP_PKEY_CTX_dup(native.verify.get()));
  return context != nullptr &&
         EVP_PKEY_verify(context.get(), octets(parsed.signature), parsed.signature.size(),
                         octets(digest.bytes()), Digest::kSize) == 1;
}

// The signer is named outside the signed attributes, so the name must be exactly the certificate's.
bool names_signer(const ParsedSignature& parsed, const NativeCertificate& native) {
  if (!parsed.key_identifier.empty()) return parsed.key_identifier == native.key_identifier;
  return parsed.issuer_and_serial == der::element(der::kSequence, {native.issuer, native.serial});
}

// RFC 5035 section 5: IssuerSerial { GeneralNames { [4] Name }, serial }.
bool ess_issuer_matches(const ParsedSignature& parsed, const NativeCertificate& native) {
  if (parsed.issuer_serial.empty()) return true;
  const Bytes names = der::element(der::kSequence, {der::element(der::kConstructed4, {native.issuer})});
  return parsed.issuer_serial == der::element(der::kSequence, {names, native.serial});
}

void check_signature(const SignatureToVerify& claim, const ParsedSignature& parsed, Verdict& verdict) {
  const NativeCertificate& native = claim.certificate->native();
  verdict.signature = CheckState::good;
  if (parsed.content != Sha256::of(claim.content).bytes())
    refuse(verdict, verdict.signature, "SIGNATURE_INVALID", "the signature is over other content");
  if (!key_signed(parsed, native))
    refuse(verdict, verdict.signature, "SIGNATURE_INVALID", "the signature is not by this certificate's key");
  if (parsed.signing_time != std::chrono::floor<std::chrono::seconds>(claim.signed_at))
    refuse(verdict, verdict.signature, "SIGNING_TIME_MISMATCH",
           "the signature claims " + to_rfc3339(parsed.signing_time) + ", the header " +
               to_rfc3339(claim.signed_at),
           "put the header's signing time into the signature");
  verdict.certificate_binding = CheckState::good;
  if (parsed.certificate != claim.certificate->sha256().bytes() || !names_signer(parsed, native) ||
      !ess_issuer_matches(parsed, native))
    refuse(verdict, verdict.certificate_binding, "CERTIFICATE_BINDING",
           "the signature is bound to another certificate than " + claim.certificate->subject());
}

void read_and_check_signature(const SignatureToVerify& claim, Verdict& verdict) {
  const auto parsed = claim.signature.size() > kMaxWireSignature
                          ? std::nullopt
                          : parse_signature(claim.signature, Form::exact);
  if (!parsed || !parsed->certificates.empty()) {
    refuse(verdict, verdict.signature, "SIGNATURE_INVALID",
           "not one detached CAdES-B-B signature in the exchange's wire form");
    return;
  }
  if (claim.certificate != nullptr) check_signature(claim, *parsed, verdict);
}

bool says_itself(const SignatureToVerify& claim, const AgencyCode& agency) {
  const auto& identifiers = claim.certificate->organization_identifiers();
  return std::any_of(identifiers.begin(), identifiers.end(),
                     [&](const std::string& identifier) { return names_agency(identifier, agency); });
}

bool is_mapped(const SignatureToVerify& claim, const AgencyCode& agency) {
  return claim.mapped && !agency.empty() && claim.mapped(claim.certificate->sha256(), agency);
}

std::string identity_of(const Certificate& certificate) {
  std::string out = certificate.subject();
  for (const std::string& identifier : certificate.organization_identifiers()) out += ", " + identifier;
  return out;
}

void check_speaks_for(const SignatureToVerify& claim, Verdict& verdict) {
  const bool as_node = claim.signed_by == SignedBy::node;
  const AgencyCode& whom = as_node ? claim.node : claim.agency;
  verdict.speaks_for = CheckState::good;
  verdict.by_mapping = !says_itself(claim, whom) && is_mapped(claim, whom);
  if (!verdict.by_mapping && !says_itself(claim, whom))
    refuse(verdict, verdict.speaks_for, "FOREIGN_AGENCY",
           "the certificate (" + identity_of(*claim.certificate) + ") does not speak for " + whom.text(),
           "sign with a certificate for GOVVN-" + whom.text() + ", or have a registrar map this one");
  if (as_node && !claim.agency.within(claim.node))
    refuse(verdict, verdict.speaks_for, "FOREIGN_AGENCY",
           "the agency " + claim.agency.text() + " is not within the node " + claim.node.text());
}

Verdict blank_for(const SignatureToVerify& claim) {
  Verdict verdict;
  verdict.signed_by = claim.signed_by;
  verdict.agency = claim.agency;
  verdict.node = claim.node;
  verdict.basis = claim.basis;
  verdict.judged_at = claim.judged_at;
  if (claim.certificate != nullptr) {
    verdict.certificate = claim.certificate->sha256();
    verdict.subject = claim.certificate->subject();
  }
  return verdict;
}

}  // namespace

class Verifier::Impl {
 public:
  Impl(const std::vector<CertificatePtr>& roots, const std::vector<CertificatePtr>& intermediates,
       std::size_t capacity)
      : chains(roots, intermediates, capacity) {}

  void check_certificate(const SignatureToVerify& claim, Verdict& verdict) const {
    if (claim.certificate == nullptr) {
      refuse(verdict, verdict.certificate_binding, "CERTIFICATE_UNKNOWN",
             "the signer's certificate is not known here", "send the certificate with the message");
      return;
    }
    const ChainPtr chain = chains.chain_of(claim.certificate, claim.judged_at);
    settle(verdict, verdict.chain, chain->path_causes);
    settle(verdict, verdict.validity, chain->validity_causes);
    // Nothing can be said of certificates that were not found.
    if (verdict.chain == CheckState::bad && verdict.validity == CheckState::good)
      verdict.validity = CheckState::not_checked;
    settle(verdict, verdict.key_usage, chain->usage_causes);
    check_speaks_for(claim, verdict);
  }

  ChainBuilder chains;
};

Verifier::Verifier(const std::vector<CertificatePtr>& roots, const std::vector<CertificatePtr>& intermediates,
                   std::size_t remembered_chains)
    : impl_(std::make_unique<Impl>(roots, intermediates, remembered_chains)) {}

Verifier::~Verifier() = default;

Verdict Verifier::verify(const SignatureToVerify& claim) const {
  Verdict verdict = blank_for(claim);
  read_and_check_signature(claim, verdict);
  impl_->check_certificate(claim, verdict);
  return verdict;
}

Verdict Verifier::judge_certificate(const SignatureToVerify& claim) const {
  Verdict verdict = blank_for(claim);
  impl_->check_certificate(claim, verdict);
  return verdict;
}

Result<std::vector<CertificatePtr>> Verifier::path_of(const CertificatePtr& certificate, Timestamp at) const {
  const ChainPtr chain = impl_->chains.chain_of(certificate, at);
  Error refused = failure(ErrorCode::failed_precondition, "CERTIFICATE_REFUSED",
                          "the certificate " + certificate->subject() + " may not sign documents");
  for (const auto* causes : {&chain->path_causes, &chain->validity_causes, &chain->usage_causes})
    refused.causes.insert(refused.causes.end(), causes->begin(), causes->end());
  if (!refused.causes.empty()) return refused;
  return chain->path;
}

std::uint64_t Verifier::chains_built() const { return impl_->chains.built(); }

}  // namespace tram::trust
