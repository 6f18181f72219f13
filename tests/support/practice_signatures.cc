#include "tests/support/practice_signatures.h"

#include <algorithm>
#include <sstream>

namespace tram::sim {
namespace {

constexpr std::string_view kCertificate = "practice-certificate";
constexpr std::string_view kSignature = "practice-signature ";

// Judges one certificate and signature, cause by cause.
class Judgement {
 public:
  explicit Judgement(const exchange::SignatureCheck& check) : check_(check) {
    verdict_.signed_by = check.signed_by;
    verdict_.agency = check.agency;
    verdict_.node = check.node;
    verdict_.certificate = check.certificate;
    verdict_.basis = check.basis;
    verdict_.judged_at = check.judged_at;
  }

  void note(CheckState& state, bool good, const char* reason, const std::string& message) {
    state = good ? CheckState::good : CheckState::bad;
    if (!good) verdict_.causes.push_back(failure(ErrorCode::failed_precondition, reason, message));
  }

  Verdict unknown() {
    note(verdict_.chain, false, "CERTIFICATE_UNKNOWN", "the certificate is not known");
    return verdict_;
  }

  Verdict judge(const PracticeCertificate& certificate, bool mapped) {
    const AgencyCode& speaker = check_.signed_by == SignedBy::node ? check_.node : check_.agency;
    const bool right = check_.signature == practice_signature(certificate, check_.manifest, check_.signed_at);
    verdict_.subject = "O=" + certificate.speaks_for.text();
    verdict_.key_usage = CheckState::good;
    note(verdict_.signature, right, "SIGNATURE_WRONG", "the signature is not of this manifest");
    note(verdict_.certificate_binding, right, "BINDING_WRONG", "the signature names another certificate");
    note(verdict_.chain, certificate.trusted, "CHAIN_UNTRUSTED", "no path leads to a configured root");
    note(verdict_.validity,
         certificate.not_before <= check_.judged_at && check_.judged_at <= certificate.not_after,
         "CERTIFICATE_EXPIRED", "the certificate is not valid at the time judged");
    note(verdict_.speaks_for, mapped || certificate.speaks_for == speaker, "FOREIGN_AGENCY",
         "the certificate speaks for " + certificate.speaks_for.text() + ", not for " + speaker.text());
    return verdict_;
  }

 private:
  const exchange::SignatureCheck& check_;
  Verdict verdict_;
};

}  // namespace

Bytes PracticeCertificate::der() const {
  std::ostringstream out;
  out << kCertificate << ' ' << speaks_for.text() << ' ' << (trusted ? "trusted" : "untrusted") << ' '
      << to_micros(not_before) << ' ' << to_micros(not_after) << ' ' << serial;
  return out.str();
}

Result<PracticeCertificate> PracticeCertificate::parse(BytesView der) {
  std::istringstream in{Bytes(der)};
  std::string kind, agency, trust;
  std::int64_t before = 0;
  std::int64_t after = 0;
  PracticeCertificate out;
  in >> kind >> agency >> trust >> before >> after >> out.serial;
  const auto code = AgencyCode::parse(agency);
  if (!in || kind != kCertificate || !code)
    return invalid("certificate", "CERTIFICATE_MALFORMED", "not a practice certificate");
  out.speaks_for = *code;
  out.trusted = trust == "trusted";
  out.not_before = from_micros(before);
  out.not_after = from_micros(after);
  return out;
}

Bytes practice_signature(const PracticeCertificate& certificate, BytesView manifest, Timestamp signing_time) {
  const std::string about = certificate.sha256().hex() + to_rfc3339(signing_time);
  return Bytes(kSignature) + Sha256::of(about, manifest).hex();
}

Result<Digest> PracticeVerifier::learn(BytesView der) {
  auto certificate = PracticeCertificate::parse(der);
  if (!certificate) return certificate.error();
  const Digest digest = Sha256::of(der);
  known_.insert_or_assign(digest, std::move(*certificate));
  return digest;
}

Verdict PracticeVerifier::verify(const exchange::SignatureCheck& check) const {
  Judgement judgement(check);
  const auto found = known_.find(check.certificate);
  if (found == known_.end()) return judgement.unknown();
  return judgement.judge(found->second, mapped_ && mapped_(check.certificate, check.agency));
}

Result<Verdict> PracticeVerifier::verify_with(BytesView der, const exchange::SignatureCheck& check) {
  const bool known = knows(check.certificate);
  if (auto learnt = learn(der); !learnt) return learnt.error();
  Verdict verdict = verify(check);
  if (!known && !verdict.good()) known_.erase(Sha256::of(der));
  return verdict;
}

Result<exchange::TakenSignature> PracticeReader::take(BytesView der) const {
  const std::size_t end = der.find('\n');
  const BytesView signature = der.substr(0, end);
  if (!signature.starts_with(kSignature) || signature.size() != kSignature.size() + 64)
    return invalid("signature", "SIGNATURE_MALFORMED", "not a practice signature");
  exchange::TakenSignature out{Bytes(signature), {}};
  if (end != BytesView::npos) out.embedded.emplace_back(der.substr(end + 1));
  return out;
}

bool PracticeSeals::uses(const Digest& certificate) const {
  return own_.sha256() == certificate || std::any_of(seals_.begin(), seals_.end(), [&](const auto& each) {
           return each.second.sha256() == certificate;
         });
}

Result<exchange::SealedSignature> PracticeSeals::seal(const AgencyCode& agency, BytesView manifest,
                                                      Timestamp signing_time) const {
  const auto found = seals_.find(agency);
  if (found == seals_.end())
    return failure(ErrorCode::failed_precondition, "SEAL_MISSING",
                   "no seal of " + agency.text() + " is here");
  return sign(found->second, SignedBy::seal, agency, manifest, signing_time);
}

Result<exchange::SealedSignature> PracticeSeals::seal_as_node(const AgencyCode& agency, BytesView manifest,
                                                              Timestamp signing_time) const {
  if (own_spoiled_)
    return failure(ErrorCode::failed_precondition, "SEAL_NOT_GOOD", "the node's seal has expired");
  return sign(own_, SignedBy::node, agency, manifest, signing_time);
}

Result<exchange::SealedSignature> PracticeSeals::sign(const PracticeCertificate& seal, SignedBy by,
                                                      const AgencyCode& agency, BytesView manifest,
                                                      Timestamp signing_time) const {
  PracticeVerifier verifier;
  const auto certificate = verifier.learn(seal.der());
  if (!certificate) return certificate.error();
  exchange::SealedSignature out;
  out.signature = practice_signature(seal, manifest, signing_time);
  out.certificate = *certificate;
  out.verdict = verifier.verify({manifest, out.signature, *certificate, signing_time, by, agency, node_,
                                 TimeBasis::accepting_clock, signing_time});
  if (out.verdict.good()) return out;
  Error error = failure(ErrorCode::failed_precondition, "SEAL_REFUSED", "the seal cannot be used");
  error.causes = out.verdict.causes;
  return error;
}

}  // namespace tram::sim
