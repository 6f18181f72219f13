// The CMS profile's grammar, read and written without copies. For trust/*.cc; see trust/cms.h for the
// profile.
#pragma once

#include <optional>
#include <vector>

#include "base/sha256.h"
#include "trust/cms.h"

namespace tram::trust {

/// Views into the signature that was read, which must outlive them.
struct ParsedSignature {
  BytesView issuer_and_serial;  ///< the SEQUENCE; empty if key_identifier is given
  BytesView key_identifier;     ///< octets
  BytesView signed_attributes;  ///< the content of the SET
  BytesView content;            ///< 32 octets of message-digest
  BytesView certificate;        ///< 32 octets of signing-certificate-v2
  BytesView issuer_serial;      ///< ESSCertIDv2's optional issuerSerial, the SEQUENCE; may be empty
  Timestamp signing_time;
  SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
  BytesView algorithm_identifier;  ///< whole
  BytesView signature;             ///< octets
  std::vector<BytesView> certificates;
};

/// How a signature may deviate from the profile where no signature covers it.
enum class Form { exact, from_elsewhere };

/// nullopt if it does not keep to the profile. Form::exact also encodes again and compares.
[[nodiscard]] std::optional<ParsedSignature> parse_signature(BytesView signature, Form form);

/// The one encoding of these parts with `certificates` (DER, in ascending order; none: the wire form).
[[nodiscard]] Bytes encode_signature(const ParsedSignature& parts,
                                     const std::vector<BytesView>& certificates);

/// The content of the SET of signed attributes, in DER order.
[[nodiscard]] Bytes encode_signed_attributes(const Digest& content, const Digest& certificate,
                                             Timestamp signing_time);

/// What is signed: SHA-256 of the attributes as a SET (RFC 5652 section 5.4).
[[nodiscard]] Digest digest_of_attributes(BytesView signed_attributes);

[[nodiscard]] BytesView algorithm_identifier(SignatureAlgorithm algorithm);

}  // namespace tram::trust
