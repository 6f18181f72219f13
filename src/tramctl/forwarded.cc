#include "tramctl/forwarded.h"

#include "codec/evidence_json.h"
#include "codec/message_proto.h"
#include "tramctl/text.h"
#include "tramctl/verdict_text.h"
#include "trust/cms.h"

namespace tram::client {
namespace {

Error not_about_this() {
  return failure(ErrorCode::data_loss, "FORWARDING_MISMATCH",
                 "the delivery is said to be forwarded, by a record that is not about it",
                 "it was not acknowledged; tell the node's operator");
}

Verdict judge(const EvidenceRecord& record, const v1::ForwardedBy& given, BytesView wire,
              const trust::Verifier& verifier, Timestamp now) {
  const auto certificate = trust::Certificate::from_der(given.certificate());
  trust::SignatureToVerify question;
  question.content = given.record();
  question.signature = wire;
  question.certificate = certificate ? *certificate : nullptr;
  question.signed_at = record.time;
  question.signed_by = SignedBy::node;
  question.agency = record.node;
  question.node = record.node;
  question.basis = TimeBasis::arrival;
  question.judged_at = now;
  return verifier.verify(question);
}

}  // namespace

Result<Forwarded> read_forwarded(const v1::Delivery& delivery, const MessageKey& key,
                                 const trust::Verifier* verifier, Timestamp now) {
  const v1::ForwardedBy& given = delivery.forwarded();
  const auto record = codec::read_record(given.record());
  const auto recipient = AgencyCode::parse(delivery.recipient());
  if (!record || !recipient || record->message != key ||
      record->header != Sha256::of(delivery.signed_().header()) ||
      record->recipients != std::vector<AgencyCode>{*recipient})
    return not_about_this();
  Forwarded out;
  out.record = given.record();
  const auto wire = trust::strip_certificates(given.signature());
  const auto certificate = trust::Certificate::from_der(given.certificate());
  out.signature = given.signature();
  if (wire && certificate) {
    if (auto whole = trust::with_certificates(wire->signature, {*certificate}))
      out.signature = *std::move(whole);
  }
  std::string seal = "not checked here";
  if (verifier != nullptr) {
    const Verdict verdict = judge(
        *record, given, wire ? BytesView(wire->signature) : BytesView(given.signature()), *verifier, now);
    out.good = verdict.good();
    seal = verdict_text(codec::to_proto(verdict));
  }
  out.text = shown(record->detail) + " (operator " + shown(record->peer.substr(0, 23)) + ", " +
             local_time(to_rfc3339(record->time)) + "; seal of node " + record->node.text() + ": " + seal +
             ")";
  return out;
}

}  // namespace tram::client
