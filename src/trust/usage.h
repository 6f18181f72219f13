// What a certificate may be used for, by what stands in it alone. For trust/*.cc.
#pragma once

#include <optional>
#include <vector>

#include "model/agency_code.h"
#include "trust/certificate.h"

namespace tram::trust {

/// KEY_TOO_WEAK below RSA-2048; KEY_NOT_SUPPORTED for any other key than P-256 and RSA up to 8192 bits.
[[nodiscard]] std::optional<Error> key_weakness(const Certificate& certificate);

/// Every reason why it may not sign documents, KEY_USAGE each: it is a CA; neither digitalSignature nor
/// nonRepudiation (RFC 5280 section 4.2.1.3); an extendedKeyUsage without documentSigning (RFC 9336 or its
/// precursor 1.3.6.1.4.1.311.10.3.12), emailProtection or anyExtendedKeyUsage.
[[nodiscard]] std::vector<Error> signing_usage(const Certificate& certificate);

/// The same for a CA above a signer: an extendedKeyUsage there limits what it may certify.
[[nodiscard]] std::optional<Error> issuing_usage(const Certificate& issuer);

/// CERTIFICATE_EXPIRED or CERTIFICATE_NOT_YET_VALID at this time.
[[nodiscard]] std::optional<Error> out_of_validity(const Certificate& certificate, Timestamp at);

/// Whether an organizationIdentifier names this agency in the government scheme: "GOVVN-<code>", also with a
/// subdivision, "GOVVN+05-<code>" (CA/Browser Forum S/MIME Baseline Requirements, appendix A; ETSI EN 319
/// 412-1 clause 5.1.4). Both forms of a code are read.
[[nodiscard]] bool names_agency(std::string_view organization_identifier, const AgencyCode& agency);

}  // namespace tram::trust
