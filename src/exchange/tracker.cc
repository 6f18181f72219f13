#include "exchange/tracker.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "codec/evidence_json.h"
#include "codec/header_json.h"
#include "codec/verdict_json.h"
#include "exchange/history.h"
#include "exchange/inbox_desk.h"
#include "exchange/retention.h"
#include "exchange/stored_contents.h"
#include "log/checkpoint.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kStatusesShown = 1000;

Error not_found(const MessageKey& key) {
  return failure(ErrorCode::not_found, "MESSAGE_UNKNOWN",
                 "no message " + text(key) + " of yours is known here",
                 "check the sender's code and the id; ask the node that accepted or delivered it");
}

TrackEvent event_of(const EvidenceRecord& record) {
  TrackEvent out;
  out.time = record.time;
  out.node = record.node;
  out.event = name(record.event);
  out.recipients = record.recipients;
  out.by = record.peer;
  out.detail = record.reason.empty() ? record.verdict : record.reason + ": " + record.detail;
  out.proven = true;
  return out;
}

// What a recipient wrote to the sender is not for the other recipients.
bool may_read(const Identity& who, const MessageKey& about, const AgencyCode& reporter) {
  if (who.roles.has(Role::auditor)) return true;
  return who.agency == about.sender || who.agency == reporter;
}

std::vector<HistoryStep> statuses_about(const MessageStore& store, const MessageKey& key,
                                        const Identity& who) {
  std::vector<HistoryStep> out;
  for (const StoredMessage& stored : store.statuses_of(key, kStatusesShown)) {
    const auto status = codec::read_kept_header(stored.header);
    if (!status || !status->submission.status) continue;
    const Status& fields = *status->submission.status;
    TrackEvent event;
    event.time = fields.time.value_or(status->signed_at);
    event.node = status->node;
    event.event = "Status " + two_digits(fields.code);
    event.recipients = {stored.key.sender};
    if (auto verdict = codec::read_verdict(stored.verdict)) event.by = verdict->who();
    event.detail = name(fields.code);
    if (!fields.description.empty() && may_read(who, key, stored.key.sender))
      event.detail += ": " + fields.description;
    out.push_back({std::move(event), std::nullopt, "statuses", out.size()});
  }
  return out;
}

}  // namespace

Result<StoredMessage> Tracker::load_for(const Identity& who, const MessageKey& key, bool auditors) const {
  const auto known = context_.services.messages.find(key);
  if (!known) return not_found(key);
  bool party = auditors && who.roles.has(Role::auditor);
  if (who.roles.has(Role::agency)) {
    party = party || (who.agency == key.sender && known->from_link.empty());
    for (const RecipientRow& row : context_.services.messages.recipients(known->row)) {
      const bool reached = row.state == RecipientState::consigned || row.state == RecipientState::handed_over;
      party = party || (row.agency == who.agency && reached);
    }
  }
  if (!party) return not_found(key);
  return context_.services.messages.load(known->row);
}

Result<TrackView> Tracker::track(const Identity& who, const MessageKey& key) const {
  auto message = load_for(who, key, true);
  if (!message) return message.error();
  const MessageStore& store = context_.services.messages;
  TrackView view;
  auto header = codec::read_kept_header(message->header);
  if (!header) return header.error();
  view.header = std::move(*header);
  if (auto verdict = codec::read_verdict(message->verdict)) view.verdict = std::move(*verdict);
  std::vector<HistoryStep> steps = statuses_about(store, key, who);
  for (const LogEntry& entry : store.entries_of(message->row)) {
    const auto record = codec::read_record(entry.record);
    if (record) steps.push_back({event_of(*record), record->event, "", entry.index});
  }
  std::map<AgencyCode, std::uint32_t> receipts;
  for (const StoredReceipt& receipt : store.receipts_of(message->row)) {
    const auto record = codec::read_record(receipt.proof.record);
    if (!record) continue;
    for (const AgencyCode& agency : record->recipients) ++receipts[agency];
    steps.push_back({event_of(*record), record->event, receipt.origin, receipt.proof.index});
  }
  view.events = in_order(std::move(steps));
  view.times = context_.times.times_of(key);
  if (message->contents_pruned_at) {
    TrackEvent event;
    event.time = *message->contents_pruned_at;
    event.node = context_.settings.node;
    event.event = "ContentPruned";
    event.detail = content_pruned(*message).message;
    view.events.push_back(std::move(event));
  }
  for (RecipientRow& row : store.recipients(message->row)) {
    const std::uint32_t count = receipts[row.agency];
    view.recipients.push_back({std::move(row), count});
  }
  return view;
}

Result<std::vector<ReceiptBundle>> Tracker::own_records(const StoredMessage& message,
                                                        const Bytes& note) const {
  const MessageStore& store = context_.services.messages;
  auto checkpoint = log::open_checkpoint(note, context_.services.log_key.verifier());
  if (!checkpoint) return checkpoint.error();
  ReceiptBundle bundle{checkpoint->origin, note, {}};
  for (LogEntry& entry : store.entries_of(message.row)) {
    if (entry.index >= checkpoint->size) continue;  // logged since
    auto path = store.prove(entry.index, checkpoint->size);
    if (!path) return path.error();
    bundle.records.push_back({std::move(entry.record), entry.index, std::move(*path)});
  }
  return std::vector<ReceiptBundle>{std::move(bundle)};
}

// A log's key may have changed since: only one that opens a checkpoint is given with it.
std::vector<log::VerifierKey> Tracker::keys_of(const std::vector<ReceiptBundle>& bundles) const {
  std::vector<log::VerifierKey> keys{context_.services.log_key.verifier()};
  for (const auto& [node, known] : context_.settings.known_logs) {
    if (std::find(keys.begin(), keys.end(), known.key) == keys.end()) keys.push_back(known.key);
  }
  std::erase_if(keys, [&](const log::VerifierKey& key) {
    return std::none_of(bundles.begin(), bundles.end(), [&](const ReceiptBundle& bundle) {
      return bundle.origin == key.name() && log::open_checkpoint(bundle.checkpoint, key);
    });
  });
  return keys;
}

Result<EvidenceParts> Tracker::evidence(const Identity& who, const MessageKey& key,
                                        ReceiptOffice& receipts) const {
  auto message = load_for(who, key, true);
  if (!message) return message.error();
  auto header = codec::read_kept_header(message->header);
  if (!header) return header.error();
  auto note = receipts.checkpoint_now();
  if (!note) return note.error();
  auto bundles = own_records(*message, *note);
  if (!bundles) return bundles.error();
  const MessageStore& store = context_.services.messages;
  for (StoredReceipt& receipt : store.receipts_of(message->row)) {
    auto remote = store.checkpoint(receipt.origin, receipt.checkpoint_size);
    if (remote) bundles->push_back({receipt.origin, std::move(*remote), {std::move(receipt.proof)}});
  }
  auto certificate = store.certificate(message->certificate);
  if (!certificate) {
    return failure(ErrorCode::data_loss, "CERTIFICATE_LOST", "the signer's certificate is not in the store",
                   "restore the node's data from its backup");
  }
  for (std::size_t i = 0; i < message->contents.size(); ++i) {
    auto place = hold_content(context_.services, *message, i);
    if (!place) return place.error();
    message->contents[i] = *std::move(place);
  }
  EvidenceParts parts;
  parts.certificate = std::move(*certificate);
  parts.log_keys = keys_of(*bundles);
  parts.receipts = std::move(*bundles);
  parts.header = std::move(*header);
  parts.message = std::move(*message);
  return parts;
}

Result<AttachmentSource> Tracker::attachment(const Identity& who, const DeliveryId& id,
                                             std::size_t index) const {
  auto parsed = parse_delivery_id(id);
  if (!parsed) return parsed.error();
  const auto& [key, recipient] = *parsed;
  if (recipient != who.agency) return not_found(key);
  auto message = load_for(who, key, false);
  if (!message) return message.error();
  auto header = codec::read_kept_header(message->header);
  if (!header) return header.error();
  const auto& files = header->submission.attachments;
  if (index >= files.size()) {
    return invalid("attachment", "ATTACHMENT_UNKNOWN",
                   "the message has " + std::to_string(files.size()) + " attachments", "count from 0");
  }
  auto place = hold_content(context_.services, *message, index);
  if (!place) return place.error();
  return AttachmentSource{files[index], *std::move(place)};
}

}  // namespace tram::exchange
