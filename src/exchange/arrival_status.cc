#include "exchange/arrival_status.h"

#include "codec/header_json.h"
#include "codec/submitted_digest.h"
#include "codec/verdict_json.h"
#include "evidence/manifest.h"

namespace tram::exchange {
namespace {

// Begins as the message's own id does: ids that grow with time, as UUID version 7, keep the store's index
// growing at its end instead of everywhere. The digest makes it this message's and this recipient's.
MessageId arrival_status_id(const MessageKey& original, const AgencyCode& recipient) {
  constexpr std::size_t kOfTheId = 24;
  constexpr std::size_t kOfTheDigest = 32;
  const Digest name = Sha256::of("01 " + text(original) + " " + recipient.text());
  return MessageId("01-" + original.id.text().substr(0, kOfTheId) + "-" + name.hex().substr(0, kOfTheDigest));
}

Result<Filing> make_arrival_status(const Context& context, const Filing& of, const AgencyCode& recipient) {
  const Submission& original = of.header.submission;
  Filing filing;
  Submission& status = filing.header.submission;
  status.key = {recipient, arrival_status_id(original.key, recipient)};
  status.recipients = {original.key.sender};
  status.kind = MessageKind::status;
  status.priority = original.priority;
  status.references = {original.key};
  status.status = Status{StatusCode::arrived, "", of.message.stored_at};
  // Whole seconds: the CMS signing-time attribute has no more, and the two must agree.
  filing.header.signed_at = std::chrono::floor<std::chrono::seconds>(context.now());
  filing.header.signed_by = SignedBy::node;
  filing.header.node = context.settings.node;
  filing.message.header = codec::write_header(filing.header);
  filing.message.header_digest = Sha256::of(filing.message.header);
  const Bytes manifest = evidence::derive_manifest(filing.message.header_digest, {});
  auto sealed = context.services.seals.seal_as_node(recipient, manifest, filing.header.signed_at);
  if (!sealed) return sealed.error();
  filing.manifest = Sha256::of(manifest);
  filing.verdict = sealed->verdict;
  filing.message.key = status.key;
  filing.message.kind = MessageKind::status;
  filing.message.priority = status.priority;
  filing.message.references = status.references;
  filing.message.signature = std::move(sealed->signature);
  filing.message.certificate = sealed->certificate;
  filing.message.submitted_digest = codec::submitted_digest(status);
  filing.message.stored_at = of.message.stored_at;
  filing.message.verdict = codec::write_verdict(filing.verdict);
  route_recipients(context, status.recipients, "", filing);
  keep_reading(filing);
  return filing;
}

}  // namespace

void add_arrival_statuses(const Context& context, Filing& filing) {
  if (filing.message.kind != MessageKind::dispatch) return;
  for (const AgencyCode& agency : filing.here) {
    auto status = make_arrival_status(context, filing, agency);
    if (status) {
      filing.arrival_statuses.push_back(std::move(*status));
    } else {
      context.services.observer.note("status 01 not made", status.error().text_for_log());
    }
  }
}

}  // namespace tram::exchange
