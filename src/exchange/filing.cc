#include "exchange/filing.h"

#include <algorithm>

#include "codec/evidence_json.h"
#include "exchange/recipient_lines.h"

namespace tram::exchange {
namespace {

std::string summary(const Verdict& verdict) {
  std::string out = verdict.good() ? "good" : "bad";
  out += "; revocation ";
  out += name(verdict.revocation);
  return out;
}

std::uint64_t append(const Context& context, Transaction& transaction, EvidenceRecord record, MessageRow row,
                     const std::string& receipt_link, Filed& filed) {
  record.time = context.now();
  const std::uint64_t index = transaction.append_record(codec::write_record(record), row, receipt_link);
  filed.records.push_back(std::move(record));
  return index;
}

EvidenceRecord record_of(const Context& context, const Filing& filing, EvidenceEvent event,
                         std::vector<AgencyCode> recipients) {
  EvidenceRecord record = exchange::record_of(context, filing.message, event, std::move(recipients));
  record.manifest = filing.manifest;
  record.signed_by = filing.header.signed_by;
  record.verdict = summary(filing.verdict);
  return record;
}

// A status is accepted only from a recipient of the message it names, and moves that recipient's line on.
Result<void> apply_status(Transaction& transaction, const Filing& filing) {
  const Submission& status = filing.header.submission;
  const auto named = transaction.find(status.references.front());
  const bool ends_here = !filing.here.empty();
  const bool begins_here = filing.message.from_link.empty();
  if (!named) {
    if (!ends_here && !begins_here) return {};  // a relay may have pruned it; the ends decide
    return failure(ErrorCode::failed_precondition, "STATUS_FOR_UNKNOWN_MESSAGE",
                   "no message " + text(status.references.front()) + " is known here",
                   "name a message that was handed to you by this node");
  }
  auto line = transaction.recipient(named->row, status.key.sender);
  if (!line) {
    if (!ends_here && !begins_here) return {};
    return failure(ErrorCode::failed_precondition, "NOT_A_RECIPIENT",
                   status.key.sender.text() + " is no recipient of " + text(status.references.front()),
                   "only a recipient of a message reports its status");
  }
  line->last_status = status.status->code;
  line->updated_at = filing.message.stored_at;
  transaction.put_recipient(named->row, *line);
  return {};
}

// Nothing overtakes the messages it names: answers those known here, an urgent one raises them to its class.
std::vector<MessageRow> named_messages(Transaction& transaction, const Submission& submission) {
  std::vector<MessageRow> rows;
  for (const MessageKey& key : submission.references) {
    const auto named = transaction.find(key);
    if (!named) continue;
    rows.push_back(named->row);
    if (submission.priority != Priority::routine)
      transaction.raise_priority(named->row, queue_priority(submission));
  }
  return rows;
}

void put_recipient(Transaction& transaction, const Filing& filing, MessageRow row, const AgencyCode& agency,
                   RecipientState state, const std::string& reason = {}) {
  transaction.put_recipient(row,
                            {agency, state, reason, std::nullopt, filing.message.stored_at, filing.retry});
}

void queue_links(const Context& context, Transaction& transaction, const Filing& filing, MessageRow row,
                 const std::vector<MessageRow>& named) {
  for (const auto& [link, recipients] : filing.links) {
    OutgoingItem item;
    item.link = link;
    item.priority = queue_priority(filing.header.submission);
    item.sender = filing.message.key.sender;
    item.message = row;
    item.after = named;
    item.recipients = recipients;
    item.retry = filing.retry;
    item.queued_at = context.now();
    transaction.queue_outgoing(item);
    // Elsewhere a line is kept only of what was sent out again, so that it is not taken twice.
    if (!filing.message.from_link.empty() && filing.retry == 0) continue;
    for (const AgencyCode& agency : recipients) {
      put_recipient(transaction, filing, row, agency, RecipientState::accepted);
    }
  }
}

std::string application_type(const Filing& filing) {
  const auto& dispatch = filing.header.submission.dispatch;
  return dispatch ? dispatch->application_type : std::string();
}

RecipientRow consigned(const Context& context, const Filing& filing, const AgencyCode& agency) {
  return {agency, RecipientState::consigned, {}, {}, context.now(), filing.retry};
}

void queue_inbox(const Context& context, Transaction& transaction, const Filing& filing, MessageRow row,
                 const AgencyCode& agency, const std::vector<MessageRow>& named) {
  InboxItem item;
  item.message = row;
  item.agency = agency;
  item.inbox = context.registry.inbox_for(agency, application_type(filing));
  item.priority = queue_priority(filing.header.submission);
  item.sender = filing.message.key.sender;
  item.after = named;
  item.queued_at = context.now();
  transaction.queue_inbox(item);
}

// A new message has no lines yet.
void consign(const Context& context, Transaction& transaction, const Filing& filing, MessageRow row,
             const std::vector<MessageRow>& named) {
  for (const AgencyCode& agency : filing.here) {
    queue_inbox(context, transaction, filing, row, agency, named);
    transaction.put_recipient(row, consigned(context, filing, agency));
  }
}

}  // namespace

void consign_again(const Context& context, Transaction& transaction, const Filing& filing, MessageRow row) {
  for (const AgencyCode& agency : filing.here) {
    queue_inbox(context, transaction, filing, row, agency, {});
    RecipientRow line = consigned(context, filing, agency);
    if (const auto before = transaction.recipient(row, agency)) {
      line.last_status = before->last_status;
      line.retries = std::max(line.retries, before->retries);
    }
    transaction.put_recipient(row, line);
  }
}

namespace {

// The records of a dispatch: its acceptance, its consignment here, its refusal for some.
std::uint64_t record_dispatch(const Context& context, Transaction& transaction, const Filing& filing,
                              Filed& filed) {
  const std::string& from = filing.message.from_link;
  const MessageRow row = filed.row;
  std::optional<std::uint64_t> first;
  const auto add = [&](EvidenceRecord record) {
    const std::uint64_t index = append(context, transaction, std::move(record), row, from, filed);
    if (!first) first = index;
  };
  std::vector<AgencyCode> onwards;
  for (const auto& [link, recipients] : filing.links)
    onwards.insert(onwards.end(), recipients.begin(), recipients.end());
  const bool accepted_here = from.empty();
  // Where the way ends, the consignment says all that a relay's acceptance would.
  if (accepted_here || !onwards.empty()) {
    add(record_of(context, filing, filing.event,
                  accepted_here ? filing.header.submission.recipients : onwards));
  }
  if (!filing.here.empty()) add(record_of(context, filing, EvidenceEvent::content_consignment, filing.here));
  for (const RefusedRecipient& refused : filing.refused) {
    EvidenceRecord record = record_of(context, filing, EvidenceEvent::relay_rejection, {refused.agency});
    record.reason = refused.error.reason;
    record.detail = refused.error.message;
    add(std::move(record));
  }
  return first.value_or(0);
}

// A line is kept where the sender is, and of what was sent out again.
void put_refused(Transaction& transaction, const Filing& filing, MessageRow row) {
  if (!filing.message.from_link.empty() && filing.retry == 0) return;
  for (const RefusedRecipient& refused : filing.refused)
    put_recipient(transaction, filing, row, refused.agency, RecipientState::dead, line_reason(refused.error));
}

// What was learnt and could not be written then.
void put_unsaved(const Context& context, Transaction& transaction, const Digest& certificate) {
  if (const auto der = context.unsaved.find(certificate)) transaction.put_certificate(certificate, *der);
}

void put_forwarding(const Context& context, Transaction& transaction, const Filing& filing, MessageRow row) {
  if (!filing.forwarding) return;
  put_unsaved(context, transaction, filing.forwarding->certificate);
  for (const AgencyCode& agency : filing.here) transaction.put_forwarding(row, agency, *filing.forwarding);
  for (const auto& [link, recipients] : filing.links)
    for (const AgencyCode& agency : recipients) transaction.put_forwarding(row, agency, *filing.forwarding);
}

// When it should be with its recipients: the hour of hỏa tốc hẹn giờ, or the end of the due date in Vietnam.
// Nothing for what only passes through, and for a due date that had passed before.
std::optional<Timestamp> due_by(const Filing& filing) {
  constexpr Duration kVietnam = std::chrono::hours(7);  // ahead of UTC
  const auto& dispatch = filing.header.submission.dispatch;
  if (!dispatch || (filing.here.empty() && !filing.message.from_link.empty())) return std::nullopt;
  if (dispatch->deliver_by) return dispatch->deliver_by;
  if (!dispatch->due_date) return std::nullopt;
  const Timestamp end = std::chrono::sys_days(*dispatch->due_date) + std::chrono::days(1) - kVietnam;
  return end > filing.message.stored_at ? std::optional(end) : std::nullopt;
}

}  // namespace

void keep_reading(Filing& filing) {
  filing.message.reading = std::make_shared<const Reading>(filing.header, filing.verdict);
}

EvidenceRecord record_of(const Context& context, const StoredMessage& message, EvidenceEvent event,
                         std::vector<AgencyCode> recipients) {
  EvidenceRecord record;
  record.event = event;
  record.node = context.settings.node;
  record.message = message.key;
  record.recipients = std::move(recipients);
  record.header = message.header_digest;
  record.signer = message.certificate;
  record.peer = message.from_link;
  record.time = context.now();
  return record;
}

void route_recipients(const Context& context, const std::vector<AgencyCode>& recipients,
                      const std::string& from_link, Filing& filing) {
  for (const AgencyCode& agency : recipients) {
    const Route route = context.router.route(agency);
    if (const auto* behind = std::get_if<Behind>(&route); behind != nullptr && behind->link != from_link) {
      auto link = std::find_if(filing.links.begin(), filing.links.end(),
                               [&](const auto& pair) { return pair.first == behind->link; });
      if (link == filing.links.end()) link = filing.links.insert(link, {behind->link, {}});
      link->second.push_back(agency);
    } else if (std::holds_alternative<Here>(route) && context.registry.is_agency(agency)) {
      filing.here.push_back(agency);
    } else {
      filing.refused.push_back(
          {agency, invalid("recipients", "UNKNOWN_RECIPIENT",
                           "no agency " + agency.text() + " is known to node " + context.settings.node.text(),
                           "check the agency code")});
    }
  }
}

Result<Filed> file(const Context& context, Transaction& transaction, Filing& filing) {
  const Submission& submission = filing.header.submission;
  const bool is_status = submission.kind == MessageKind::status;
  if (is_status) {
    if (auto applied = apply_status(transaction, filing); !applied) return applied.error();
  }
  const std::vector<MessageRow> named = named_messages(transaction, submission);
  Filed filed;
  filing.message.log_index = transaction.log_size();
  filed.row = transaction.insert(filing.message);
  if (!filing.certificate.empty())
    transaction.put_certificate(filing.message.certificate, filing.certificate);
  put_unsaved(context, transaction, filing.message.certificate);
  queue_links(context, transaction, filing, filed.row, named);
  consign(context, transaction, filing, filed.row, named);
  put_refused(transaction, filing, filed.row);
  put_forwarding(context, transaction, filing, filed.row);
  if (const auto due = due_by(filing)) transaction.alarms().put_deadline(filed.row, *due);
  if (filing.acceptance) {
    const StoredReceipt& proven = *filing.acceptance;
    auto kept =
        transaction.put_checkpoint(proven.origin, proven.checkpoint_size, filing.acceptance_checkpoint);
    if (kept) {
      transaction.put_receipt(filed.row, proven);
    } else {
      filed.acceptance_refused = kept.error();  // the message itself is as good as without
    }
  }
  if (is_status) {
    auto record = record_of(context, filing, EvidenceEvent::status_accepted, submission.recipients);
    record.detail = "status " + two_digits(submission.status->code);
    filed.log_index = append(context, transaction, std::move(record), filed.row, "", filed);
  } else {
    filed.log_index = record_dispatch(context, transaction, filing, filed);
  }
  for (Filing& status : filing.arrival_statuses) {
    if (transaction.find(status.message.key)) continue;
    auto done = file(context, transaction, status);
    if (!done) return done.error();
    filed.records.insert(filed.records.end(), done->records.begin(), done->records.end());
  }
  return filed;
}

namespace {

// Whom it reached before: what its sender's node missed is said again, and that is all.
void prove_again(const Context& context, Transaction& transaction, Filing& filing, Filed& filed) {
  const auto has_it = [&](const AgencyCode& agency) {
    auto line = transaction.recipient(filed.row, agency);
    if (!line) return false;
    const bool handed_over = line->state == RecipientState::handed_over;
    if (!handed_over && line->state != RecipientState::consigned) return false;
    const auto event = handed_over ? EvidenceEvent::content_handover : EvidenceEvent::content_consignment;
    append(context, transaction, record_of(context, filing, event, {agency}), filed.row,
           filing.message.from_link, filed);
    line->retries = filing.retry;
    transaction.put_recipient(filed.row, *line);
    return true;
  };
  std::erase_if(filing.here, has_it);
}

// What was pruned here came along again.
Result<void> restore_contents(Transaction& transaction, const Filing& filing) {
  if (!transaction.load(filing.message.row).contents_pruned_at) return {};
  if (!filing.message.contents_pruned_at)
    return failure(ErrorCode::unavailable, "CONTENT_PRUNED", "the contents were pruned at this very moment");
  transaction.pruning().restore_contents(filing.message.row, filing.message.contents);
  return {};
}

}  // namespace

Result<Filed> file_again(const Context& context, Transaction& transaction, Filing filing) {
  const MessageRow row = filing.message.row;
  if (auto restored = restore_contents(transaction, filing); !restored) return restored.error();
  const auto reached = [&](const AgencyCode& agency) {
    const auto line = transaction.recipient(row, agency);
    return line && line->retries >= filing.retry;
  };
  std::erase_if(filing.here, reached);
  std::erase_if(filing.refused, [&](const RefusedRecipient& one) { return reached(one.agency); });
  for (auto& [link, recipients] : filing.links) std::erase_if(recipients, reached);
  std::erase_if(filing.links, [](const auto& one) { return one.second.empty(); });
  Filed filed;
  filed.row = row;
  prove_again(context, transaction, filing, filed);
  queue_links(context, transaction, filing, row, {});
  consign_again(context, transaction, filing, row);
  put_refused(transaction, filing, row);
  put_forwarding(context, transaction, filing, row);
  filed.log_index = record_dispatch(context, transaction, filing, filed);
  return filed;
}

void after_filing(const Context& context, const Filing& filing, const Filed& filed) {
  context.unsaved.saved(filing.message.certificate);
  if (filing.forwarding) context.unsaved.saved(filing.forwarding->certificate);
  for (const EvidenceRecord& record : filed.records) context.services.observer.recorded(record);
  if (filed.acceptance_refused) {
    context.services.observer.refused("receipts from " + filing.message.from_link, filing.message.key,
                                      *filed.acceptance_refused);
  }
  const auto wake = [&](const Filing& one) {
    const int priority = queue_priority(one.header.submission);
    for (const auto& [link, recipients] : one.links) context.wakeups.outgoing(link, priority);
    // What it names was raised wherever it waits.
    if (priority > 0 && !one.message.references.empty()) context.wakeups.all_links();
    for (const AgencyCode& agency : one.here) {
      context.wakeups.inbox(agency, context.registry.inbox_for(agency, application_type(one)));
    }
  };
  wake(filing);
  for (const Filing& status : filing.arrival_statuses) wake(status);
  context.wakeups.log_grew();
}

}  // namespace tram::exchange
