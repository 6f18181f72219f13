// The one signature format: detached CAdES-B-B (ETSI EN 319 122-1) as CMS SignedData (RFC 5652) in exact DER.
//
//     ContentInfo { signedData, SignedData {
//       version      1; 3 if the signer is named by subjectKeyIdentifier
//       digests      { SHA-256 }                                     parameters absent
//       content      id-data, detached
//       certificates [0], sorted                                     absent in the wire form
//       signer       { version, issuerAndSerialNumber | subjectKeyIdentifier, SHA-256,
//                      signed attributes: exactly content-type (id-data), message-digest, signing-time,
//                        signing-certificate-v2 (RFC 5035; one certificate, SHA-256), one value each,
//                      ecdsa-with-SHA256 | rsaEncryption NULL | sha256WithRSAEncryption NULL,
//                      signature } } }                               no unsigned attributes
//
// The wire form lacks the certificates: decoding them is most of the cost of a verification, and a
// connection's messages share a few. The signed attributes name the manifest by its digest, and the manifest
// the header by its own; everything outside them is fixed by this profile or equals a part of the signer's
// certificate. So what a signature says cannot be changed unnoticed.
//
// The signature's value is another matter: where ECDSA accepts (r, s) it accepts (r, n - s) too (SEC 1),
// which anybody can compute, and who has the key can sign the same bytes with any number of values (RFC 6979
// gives one, but no verifier can tell). So nothing in Trạm knows a document by its signature's bytes: sender,
// id and the header's SHA-256 tell which it is.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "trust/certificate.h"

namespace tram::trust {

inline constexpr std::size_t kMaxWireSignature = 4 * 1024;               ///< bytes without certificates
inline constexpr std::size_t kMaxEmbeddedCertificates = 16;              ///< in one signature
inline constexpr std::size_t kMaxSignatureWithCertificates = 48 * 1024;  ///< bytes

enum class SignatureAlgorithm { ecdsa_sha256, rsa_sha256 };

/// What a signature says of itself. Nothing here is verified.
struct SignatureParts {
  Digest content;          ///< SHA-256 of what was signed (message-digest)
  Digest certificate;      ///< SHA-256 of the signer's certificate (signing-certificate-v2)
  Timestamp signing_time;  ///< claimed; whole seconds
  SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
  std::vector<Bytes> certificates;  ///< embedded, DER, as they stand; empty in the wire form
};

/// A signature and what was embedded in it.
struct StrippedSignature {
  Bytes signature;                  ///< wire form
  std::vector<Bytes> certificates;  ///< DER, undecoded
};

/// Reads a signature with or without certificates. Errors: INVALID_ARGUMENT, reason SIGNATURE_MALFORMED, for
/// whatever the profile above does not allow: another encoding of the same values and bytes behind the end
/// included.
[[nodiscard]] Result<SignatureParts> inspect(BytesView signature);

/// The wire form of a signature made elsewhere: takes certificates out and puts what other implementations
/// write differently (NULL parameters of SHA-256, certificates unsorted) into the profile's form; nothing of
/// it is covered by the signature. The wire form of a wire form is itself. Errors: as inspect.
[[nodiscard]] Result<StrippedSignature> strip_certificates(BytesView signature);

/// The standard form for export, for any CAdES verifier: the wire form with certificates put back, sorted and
/// each once. Give the signer's and its issuers' up to below the root. `strip_certificates` undoes it
/// exactly. Errors: as inspect; INVALID_ARGUMENT, TOO_MANY_CERTIFICATES.
[[nodiscard]] Result<Bytes> with_certificates(BytesView wire_signature,
                                              const std::vector<CertificatePtr>& certificates);

}  // namespace tram::trust
