// The signature ports over trust/: seals from files, verification with a certificate cache, strict CMS
// reading.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "exchange/signatures.h"
#include "model/registry.h"
#include "tramd/config.h"
#include "trust/certificate_cache.h"
#include "trust/signing_key.h"
#include "trust/verifier.h"

namespace tram::daemon {

/// Judges with the configured anchors. Threads: any.
class DocumentVerifier final : public exchange::SignatureVerifier {
 public:
  DocumentVerifier(const std::vector<trust::CertificatePtr>& roots,
                   const std::vector<trust::CertificatePtr>& intermediates);

  [[nodiscard]] bool knows(const Digest& certificate) const override;
  Result<Digest> learn(BytesView der) override;
  [[nodiscard]] Result<Verdict> verify_with(BytesView der, const exchange::SignatureCheck& check) override;
  [[nodiscard]] Verdict verify(const exchange::SignatureCheck& check) const override;

  /// All about a seal but its signature.
  [[nodiscard]] Verdict judge_seal(const trust::SigningKey& seal, const AgencyCode& agency,
                                   const AgencyCode& node, SignedBy signed_by, Timestamp at) const;
  /// Certificates that speak for an agency by the registry's word alone.
  void set_mappings(const std::vector<RegistryEntry>& entries);

 private:
  [[nodiscard]] Verdict judge(const exchange::SignatureCheck& check, trust::CertificatePtr certificate) const;
  [[nodiscard]] bool mapped(const Digest& certificate, const AgencyCode& agency) const;

  trust::Verifier verifier_;
  mutable trust::CertificateCache certificates_;
  mutable std::mutex mutex_;  // guards mappings_
  std::multimap<Digest, AgencyCode> mappings_;
};

/// The seals of one node. Threads: any.
class SealRing final : public exchange::Seals {
 public:
  /// Errors name the configuration's key.
  [[nodiscard]] static Result<std::unique_ptr<SealRing>> load(const Config& config,
                                                              const DocumentVerifier& verifier);

  [[nodiscard]] bool has(const AgencyCode& agency) const override;
  [[nodiscard]] bool uses(const Digest& certificate) const override;
  [[nodiscard]] Result<exchange::SealedSignature> seal(const AgencyCode& agency, BytesView manifest,
                                                       Timestamp signing_time) const override;
  [[nodiscard]] Result<exchange::SealedSignature> seal_as_node(const AgencyCode& agency, BytesView manifest,
                                                               Timestamp signing_time) const override;
  /// Of every seal, the node's own included: to be kept in the store and sent to peers that ask.
  [[nodiscard]] std::vector<trust::CertificatePtr> certificates() const;

 private:
  SealRing(AgencyCode node, const DocumentVerifier& verifier, trust::SigningKey own)
      : node_(std::move(node)), verifier_(verifier), own_(std::move(own)) {}
  [[nodiscard]] Result<exchange::SealedSignature> use(const trust::SigningKey& key, SignedBy signed_by,
                                                      const AgencyCode& agency, BytesView manifest,
                                                      Timestamp signing_time) const;

  AgencyCode node_;
  const DocumentVerifier& verifier_;
  trust::SigningKey own_;
  std::map<AgencyCode, trust::SigningKey> seals_;
};

/// Threads: any.
class DocumentSignatureReader final : public exchange::SignatureReader {
 public:
  [[nodiscard]] Result<exchange::TakenSignature> take(BytesView der) const override;
};

}  // namespace tram::daemon
