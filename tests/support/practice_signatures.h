// Practice signatures: cheap, the same on every run, and broken by every changed byte. A certificate is a
// line of text; a signature is a SHA-256 over the manifest, the certificate and the signing time.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "exchange/signatures.h"

namespace tram::sim {

/// What a practice certificate says. Its "DER" is der().
struct PracticeCertificate {
  AgencyCode speaks_for;
  bool trusted = true;  ///< issued below the practice root
  Timestamp not_before;
  Timestamp not_after = from_micros(4'000'000'000'000'000);
  std::string serial = "1";

  [[nodiscard]] Bytes der() const;
  [[nodiscard]] Digest sha256() const { return Sha256::of(der()); }
  [[nodiscard]] static Result<PracticeCertificate> parse(BytesView der);
};

/// The signature of a manifest, in wire form.
[[nodiscard]] Bytes practice_signature(const PracticeCertificate& certificate, BytesView manifest,
                                       Timestamp signing_time);

/// Knows what it learnt. Every check of a Verdict is really made and has its cause.
class PracticeVerifier final : public exchange::SignatureVerifier {
 public:
  /// `mapped`: the registry's explicit mappings.
  using Mapped = std::function<bool(const Digest& certificate, const AgencyCode& agency)>;
  explicit PracticeVerifier(Mapped mapped = {}) : mapped_(std::move(mapped)) {}

  [[nodiscard]] bool knows(const Digest& certificate) const override { return known_.contains(certificate); }
  Result<Digest> learn(BytesView der) override;
  [[nodiscard]] Verdict verify(const exchange::SignatureCheck& check) const override;
  [[nodiscard]] Result<Verdict> verify_with(BytesView der, const exchange::SignatureCheck& check) override;

 private:
  Mapped mapped_;
  std::map<Digest, PracticeCertificate> known_;
};

/// Takes what practice_signature() made, alone or followed by LF and the certificate.
class PracticeReader final : public exchange::SignatureReader {
 public:
  [[nodiscard]] Result<exchange::TakenSignature> take(BytesView der) const override;
};

/// Seals of agencies and the node's own.
class PracticeSeals final : public exchange::Seals {
 public:
  PracticeSeals(AgencyCode node, PracticeCertificate own) : node_(std::move(node)), own_(std::move(own)) {}
  void entrust(const AgencyCode& agency, const PracticeCertificate& seal) { seals_[agency] = seal; }
  /// The node's own seal can no longer be used, as when it has expired.
  void spoil_own() { own_spoiled_ = true; }

  [[nodiscard]] bool has(const AgencyCode& agency) const override { return seals_.contains(agency); }
  [[nodiscard]] bool uses(const Digest& certificate) const override;
  [[nodiscard]] Result<exchange::SealedSignature> seal(const AgencyCode& agency, BytesView manifest,
                                                       Timestamp signing_time) const override;
  [[nodiscard]] Result<exchange::SealedSignature> seal_as_node(const AgencyCode& agency, BytesView manifest,
                                                               Timestamp signing_time) const override;

 private:
  [[nodiscard]] Result<exchange::SealedSignature> sign(const PracticeCertificate& seal, SignedBy by,
                                                       const AgencyCode& agency, BytesView manifest,
                                                       Timestamp signing_time) const;
  AgencyCode node_;
  PracticeCertificate own_;
  bool own_spoiled_ = false;
  std::map<AgencyCode, PracticeCertificate> seals_;
};

}  // namespace tram::sim
