// What a verification found, in full: every check with its own answer, never one bare "good".
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "model/message.h"

namespace tram {

/// "Could not be checked" is never "good": not_checked is an answer of its own.
enum class CheckState : std::uint8_t { not_checked = 0, good = 1, bad = 2 };

/// The time at which a certificate chain was judged, best first.
enum class TimeBasis : std::uint8_t {
  none = 0,
  accepting_clock = 1,  ///< this node accepted it: signing time within 5 minutes of its own clock
  time_stamp = 2,       ///< genTime of an RFC 3161 token
  accepting_log = 3,    ///< the accepting node's log entry, proven
  arrival = 4,          ///< when it arrived here; in evidence: at a recipient's node, by that node's log
};

/// One signature's verdict.
struct Verdict {
  SignedBy signed_by = SignedBy::agency;
  AgencyCode agency;    ///< for whom it was signed
  AgencyCode node;      ///< the sealing node, if any
  Digest certificate;   ///< SHA-256 of the signer's certificate (DER)
  std::string subject;  ///< the certificate's subject, RFC 2253; may be empty
  TimeBasis basis = TimeBasis::none;
  Timestamp judged_at;
  CheckState signature = CheckState::not_checked;
  CheckState certificate_binding = CheckState::not_checked;  ///< ESS signing-certificate-v2 (RFC 5035)
  CheckState chain = CheckState::not_checked;                ///< path to a configured root (RFC 5280)
  CheckState validity = CheckState::not_checked;             ///< every certificate valid at judged_at
  CheckState key_usage = CheckState::not_checked;
  CheckState speaks_for = CheckState::not_checked;  ///< the certificate speaks for the agency
  bool by_mapping = false;  ///< it does so by an explicit mapping alone, not by what it says itself
  CheckState revocation = CheckState::not_checked;
  CheckState time_stamp = CheckState::not_checked;
  CheckState pdf_signatures = CheckState::not_checked;
  std::vector<Error> causes;  ///< every reason it is bad; empty when good()

  /// Nothing bad, and all that must be checked was: signature, binding, chain, validity, key usage,
  /// speaks_for.
  [[nodiscard]] bool good() const;
  /// "signed by the agency H52.01" / "sealed by node H52 for the agency H52.01" / "sealed by node G09
  /// itself for G09.02"; with ", by explicit mapping" behind it if by_mapping.
  [[nodiscard]] std::string who() const;
};

[[nodiscard]] std::string_view name(CheckState state);  ///< "not checked", "good", "bad"
[[nodiscard]] std::string_view name(
    TimeBasis basis);  ///< "accepting clock", "time-stamp", "accepting log", "arrival"

}  // namespace tram
