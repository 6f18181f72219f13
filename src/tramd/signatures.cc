#include "tramd/signatures.h"

#include <algorithm>

#include "trust/cms.h"

namespace tram::daemon {
namespace {

Error with_key(Error error, const std::string& key) {
  error.field = key;
  return error;
}

}  // namespace

DocumentVerifier::DocumentVerifier(const std::vector<trust::CertificatePtr>& roots,
                                   const std::vector<trust::CertificatePtr>& intermediates)
    : verifier_(roots, intermediates) {}

bool DocumentVerifier::knows(const Digest& certificate) const {
  return certificates_.find(certificate) != nullptr;
}

Result<Digest> DocumentVerifier::learn(BytesView der) {
  auto certificate = certificates_.decode(der);
  if (!certificate) return certificate.error();
  return (*certificate)->sha256();
}

Verdict DocumentVerifier::verify(const exchange::SignatureCheck& check) const {
  return judge(check, certificates_.find(check.certificate));
}

Result<Verdict> DocumentVerifier::verify_with(BytesView der, const exchange::SignatureCheck& check) {
  if (trust::CertificatePtr held = certificates_.find(check.certificate))
    return judge(check, std::move(held));
  auto certificate = trust::Certificate::from_der(der);
  if (!certificate) return certificate.error();
  Verdict verdict = judge(check, *certificate);
  if (verdict.good()) certificates_.insert(std::move(*certificate));
  return verdict;
}

Verdict DocumentVerifier::judge(const exchange::SignatureCheck& check,
                                trust::CertificatePtr certificate) const {
  return verifier_.verify(
      {check.manifest, check.signature, std::move(certificate), check.signed_at, check.signed_by,
       check.agency, check.node, check.basis, check.judged_at,
       [this](const Digest& signer, const AgencyCode& agency) { return mapped(signer, agency); }});
}

Verdict DocumentVerifier::judge_seal(const trust::SigningKey& seal, const AgencyCode& agency,
                                     const AgencyCode& node, SignedBy signed_by, Timestamp at) const {
  trust::SignatureToVerify subject;
  subject.certificate = seal.certificate();
  subject.signed_at = at;
  subject.signed_by = signed_by;
  subject.agency = agency;
  subject.node = node;
  subject.basis = TimeBasis::accepting_clock;
  subject.judged_at = at;
  subject.mapped = [this](const Digest& certificate, const AgencyCode& code) {
    return mapped(certificate, code);
  };
  return verifier_.judge_certificate(subject);
}

void DocumentVerifier::set_mappings(const std::vector<RegistryEntry>& entries) {
  std::multimap<Digest, AgencyCode> fresh;
  for (const RegistryEntry& entry : entries) {
    if (entry.revoked_at || !entry.roles.has(Role::agency)) continue;
    for (const Digest& signer : entry.signers) fresh.emplace(signer, entry.agency);
  }
  const std::lock_guard lock(mutex_);
  mappings_ = std::move(fresh);
}

bool DocumentVerifier::mapped(const Digest& certificate, const AgencyCode& agency) const {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = mappings_.equal_range(certificate);
  return std::any_of(first, last, [&](const auto& pair) { return pair.second == agency; });
}

Result<std::unique_ptr<SealRing>> SealRing::load(const Config& config, const DocumentVerifier& verifier) {
  auto own = trust::SigningKey::load_files(config.seal_of_node.key, config.seal_of_node.certificate);
  if (!own) return with_key(own.error(), "seal_of_node.key");
  std::unique_ptr<SealRing> ring(new SealRing(config.node.code, verifier, std::move(*own)));
  for (std::size_t i = 0; i < config.seals.size(); ++i) {
    auto key = trust::SigningKey::load_files(config.seals[i].key, config.seals[i].certificate);
    if (!key) return with_key(key.error(), "seal[" + std::to_string(i) + "].key");
    ring->seals_.emplace(config.seals[i].agency, std::move(*key));
  }
  return ring;
}

bool SealRing::has(const AgencyCode& agency) const { return seals_.contains(agency); }

bool SealRing::uses(const Digest& certificate) const {
  const auto all = certificates();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one->sha256() == certificate; });
}

Result<exchange::SealedSignature> SealRing::seal(const AgencyCode& agency, BytesView manifest,
                                                 Timestamp signing_time) const {
  const auto found = seals_.find(agency);
  if (found == seals_.end()) {
    return failure(
        ErrorCode::failed_precondition, "SEAL_MISSING",
        agency.text() + " has entrusted no seal to node " + node_.text(),
        "sign with the agency's own key (tramctl send --sign-with), or add a [[seal]] to the configuration");
  }
  return use(found->second, SignedBy::seal, agency, manifest, signing_time);
}

Result<exchange::SealedSignature> SealRing::seal_as_node(const AgencyCode& agency, BytesView manifest,
                                                         Timestamp signing_time) const {
  return use(own_, SignedBy::node, agency, manifest, signing_time);
}

Result<exchange::SealedSignature> SealRing::use(const trust::SigningKey& key, SignedBy signed_by,
                                                const AgencyCode& agency, BytesView manifest,
                                                Timestamp signing_time) const {
  exchange::SealedSignature out;
  out.verdict = verifier_.judge_seal(key, agency, node_, signed_by, signing_time);
  if (!out.verdict.causes.empty()) {
    Error error =
        failure(ErrorCode::failed_precondition, "SEAL_NOT_GOOD",
                "the seal for " + agency.text() + " cannot be used", "replace the seal's certificate");
    error.causes = out.verdict.causes;
    return error;
  }
  auto signature = key.sign(manifest, signing_time);
  if (!signature) return signature.error();
  out.signature = std::move(*signature);
  out.certificate = key.certificate()->sha256();
  // We made it with this very key a moment ago, and the profile binds the certificate.
  out.verdict.signature = CheckState::good;
  out.verdict.certificate_binding = CheckState::good;
  return out;
}

std::vector<trust::CertificatePtr> SealRing::certificates() const {
  std::vector<trust::CertificatePtr> out{own_.certificate()};
  for (const auto& [agency, key] : seals_) out.push_back(key.certificate());
  return out;
}

Result<exchange::TakenSignature> DocumentSignatureReader::take(BytesView der) const {
  auto stripped = trust::strip_certificates(der);
  if (!stripped) return stripped.error();
  return exchange::TakenSignature{std::move(stripped->signature), std::move(stripped->certificates)};
}

}  // namespace tram::daemon
