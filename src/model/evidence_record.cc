#include "model/evidence_record.h"

#include <array>
#include <utility>

namespace tram {
namespace {

constexpr std::array<std::pair<EvidenceEvent, std::string_view>, 12> kNames{{
    {EvidenceEvent::submission_acceptance, "SubmissionAcceptance"},
    {EvidenceEvent::submission_rejection, "SubmissionRejection"},
    {EvidenceEvent::relay_acceptance, "RelayAcceptance"},
    {EvidenceEvent::relay_rejection, "RelayRejection"},
    {EvidenceEvent::relay_failure, "RelayFailure"},
    {EvidenceEvent::content_consignment, "ContentConsignment"},
    {EvidenceEvent::content_handover, "ContentHandover"},
    {EvidenceEvent::content_handover_failure, "ContentHandoverFailure"},
    {EvidenceEvent::status_accepted, "StatusAccepted"},
    {EvidenceEvent::registry_change, "RegistryChange"},
    {EvidenceEvent::operator_act, "OperatorAct"},
    {EvidenceEvent::receipt_verified, "ReceiptVerified"},
}};

}  // namespace

std::string_view name(EvidenceEvent event) {
  for (const auto& [known, text] : kNames) {
    if (known == event) return text;
  }
  return "Unknown";
}

std::optional<EvidenceEvent> evidence_event_from(std::string_view text) {
  for (const auto& [known, spelling] : kNames) {
    if (spelling == text) return known;
  }
  return std::nullopt;
}

}  // namespace tram
