// Explicit mappings: signing certificates that speak for an agency although nothing in them says so. Whoever
// verifies names them, as a node's registrar does for the node.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "model/agency_code.h"
#include "model/verdict.h"
#include "trust/verifier.h"

namespace tram::client {

struct CertificateMapping {
  Digest certificate;  ///< SHA-256 of the signing certificate (DER)
  AgencyCode agency;
  bool operator==(const CertificateMapping&) const = default;
};

/// A certificate's SHA-256: 64 hexadecimal digits in any case, with or without a colon between two, as
/// `openssl x509 -noout -fingerprint -sha256` prints them. `option` names what was given in errors.
[[nodiscard]] Result<Digest> fingerprint_from(std::string_view text, const std::string& option);
/// "SHA256=CODE" of the option --mapping.
[[nodiscard]] Result<CertificateMapping> mapping_from(std::string_view text);

/// The profile's mappings and those of the option. Errors: those of mapping_from(), for the first that is
/// wrong.
[[nodiscard]] Result<std::vector<CertificateMapping>> all_mappings(std::vector<CertificateMapping> of_profile,
                                                                   const std::vector<std::string>& of_option);
/// As the verifier asks for them.
[[nodiscard]] trust::Mapping as_trusted(std::vector<CertificateMapping> mappings);

/// What to do about a certificate refused with FOREIGN_AGENCY, for a person; empty for any other verdict.
[[nodiscard]] std::string mapping_hint(const Verdict& verdict);

}  // namespace tram::client
