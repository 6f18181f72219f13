// Ports: sealing and verifying. Implemented over trust/; pure computation.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "model/verdict.h"

namespace tram::exchange {

/// A signature in wire form, whose it is, and what is to be thought of it.
struct SealedSignature {
  Bytes signature;
  Digest certificate;
  Verdict verdict;  ///< at signing_time, basis accepting_clock; good, or seal() fails
};

/// The seals entrusted to this node. Before each use the seal's certificate and its path are judged (Decree
/// 68/2024/NĐ-CP art. 29: valid certificate, valid path, then sign). Threads: any.
class Seals {
 public:
  virtual ~Seals() = default;
  [[nodiscard]] virtual bool has(const AgencyCode& agency) const = 0;
  /// True if a seal here has this certificate.
  [[nodiscard]] virtual bool uses(const Digest& certificate) const = 0;
  /// CAdES over `manifest` with the agency's seal. FAILED_PRECONDITION: SEAL_MISSING, or with all causes when
  /// the seal's certificate is no longer good.
  [[nodiscard]] virtual Result<SealedSignature> seal(const AgencyCode& agency, BytesView manifest,
                                                     Timestamp signing_time) const = 0;
  /// The same with the node's own seal, for status 01 of `agency`.
  [[nodiscard]] virtual Result<SealedSignature> seal_as_node(const AgencyCode& agency, BytesView manifest,
                                                             Timestamp signing_time) const = 0;
};

/// One signature to judge.
struct SignatureCheck {
  BytesView manifest;
  BytesView signature;  ///< wire form
  Digest certificate;   ///< must be known: see SignatureVerifier::learn
  Timestamp signed_at;  ///< what the header claims
  SignedBy signed_by = SignedBy::agency;
  AgencyCode agency;
  AgencyCode node;
  TimeBasis basis = TimeBasis::arrival;
  Timestamp judged_at;
};

/// Threads: any.
class SignatureVerifier {
 public:
  virtual ~SignatureVerifier() = default;
  /// True if the certificate was learnt (in memory).
  [[nodiscard]] virtual bool knows(const Digest& certificate) const = 0;
  /// Decodes and keeps a certificate; answers its SHA-256. INVALID_ARGUMENT if it is none.
  virtual Result<Digest> learn(BytesView der) = 0;
  /// Every check with its own answer and all causes. An unknown certificate gives a bad verdict.
  [[nodiscard]] virtual Verdict verify(const SignatureCheck& check) const = 0;
  /// The same with a certificate that came along, `check.certificate` being its SHA-256: it is learnt if the
  /// verdict is good and otherwise leaves no trace, for anybody can make certificates. INVALID_ARGUMENT if it
  /// is none.
  [[nodiscard]] virtual Result<Verdict> verify_with(BytesView der, const SignatureCheck& check) = 0;
};

/// Signatures as documents bring them: embedded certificates are taken out.
struct TakenSignature {
  Bytes signature;              ///< wire form
  std::vector<Bytes> embedded;  ///< certificates found inside, DER
};

/// Strict CMS reading. Threads: any.
class SignatureReader {
 public:
  virtual ~SignatureReader() = default;
  /// INVALID_ARGUMENT if it is not one detached CAdES signature in exact DER.
  [[nodiscard]] virtual Result<TakenSignature> take(BytesView der) const = 0;
};

}  // namespace tram::exchange
