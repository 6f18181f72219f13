// Evidence records: what the transparency log says of each event. Events are named as in ETSI EN 319 522-1
// clause 8.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sha256.h"
#include "model/message.h"

namespace tram {

enum class EvidenceEvent : std::uint8_t {
  submission_acceptance = 1,
  submission_rejection = 2,
  relay_acceptance = 3,     ///< this node took a message over from another
  relay_rejection = 4,      ///< this node refuses it for the recipients named, for good
  relay_failure = 5,        ///< a peer did not take it in time
  content_consignment = 6,  ///< it lies in the recipient's inbox here
  content_handover = 7,     ///< the recipient's document system acknowledged it
  content_handover_failure = 8,
  status_accepted = 9,  ///< a status message was accepted here
  registry_change = 10,
  operator_act = 11,
  receipt_verified = 12,  ///< another node's record about a message of ours was checked and kept
};

/// One event. No subject, no document number: nothing an auditor of the log need not see.
struct EvidenceRecord {
  EvidenceEvent event = EvidenceEvent::submission_acceptance;
  Timestamp time;
  AgencyCode node;  ///< who says so
  std::optional<MessageKey> message;
  std::vector<AgencyCode> recipients;  ///< those this record speaks of
  Digest header;                       ///< SHA-256 of the header's bytes; zero if none
  Digest manifest;                     ///< SHA-256 of the derived ASiCManifest; zero if none
  Digest signer;                       ///< SHA-256 of the signer's certificate; zero if none
  std::optional<SignedBy> signed_by;
  std::string verdict;  ///< e.g. "good; revocation not checked"
  std::string peer;     ///< from or to which node, system or operator; may be empty
  std::string reason;   ///< UPPER_SNAKE_CASE of a refusal, or the act
  std::string detail;   ///< a sentence for a person; free of document content
  bool operator==(const EvidenceRecord&) const = default;
};

/// "SubmissionAcceptance" …; the spelling in the log.
[[nodiscard]] std::string_view name(EvidenceEvent event);
[[nodiscard]] std::optional<EvidenceEvent> evidence_event_from(std::string_view name);

}  // namespace tram
