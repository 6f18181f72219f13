#include "exchange/hop_settlement.h"

#include "codec/evidence_json.h"
#include "exchange/filing.h"
#include "exchange/recipient_lines.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kLongestDetail = 300;

// Takes one copy off its queue, for a reason that its sender and the log must hear.
void bury(const Context& context, Transaction& transaction, const OutgoingItem& item, EvidenceEvent event,
          const Error& error, SettledHops& out) {
  if (!transaction.outgoing(item.row)) return;
  out.unblocked = transaction.remove_outgoing(item.row) || out.unblocked;
  if (!item.message) {  // the records stay in the log, and are found there
    out.refused_receipts.emplace_back(item.link, error);
    return;
  }
  const StoredMessage message = transaction.load(*item.message);
  EvidenceRecord record = record_of(context, message, event, item.recipients);
  record.peer = item.link;
  record.reason = error.reason;
  record.detail = error.message.substr(0, kLongestDetail);
  const bool tell = message.kind == MessageKind::dispatch;  // statuses have no receipts
  transaction.append_record(codec::write_record(record), item.message, tell ? message.from_link : "");
  advance_lines(transaction, *item.message, item.recipients, delivery_event(event).value(), context.now(),
                line_reason(error));
  out.records.push_back(std::move(record));
}

}  // namespace

SettledHops settle_hops(const Context& context, Transaction& transaction,
                        const std::vector<OutgoingItem>& taken, const std::vector<RefusedHop>& refused) {
  SettledHops out;
  for (const OutgoingItem& item : taken)
    out.unblocked = transaction.remove_outgoing(item.row) || out.unblocked;
  for (const auto& [item, error] : refused)
    bury(context, transaction, item, EvidenceEvent::relay_rejection, error, out);
  return out;
}

SettledHops give_up_hops(const Context& context, Transaction& transaction,
                         const std::vector<OutgoingItem>& overdue) {
  SettledHops out;
  for (const OutgoingItem& item : overdue) {
    const auto days = std::chrono::duration_cast<std::chrono::hours>(context.settings.patience).count() / 24;
    const Error error = failure(ErrorCode::unavailable, "NOT_TAKEN_IN_TIME",
                                "link " + item.link + " did not take it within " + std::to_string(days) +
                                    " days since " + to_rfc3339(item.queued_at));
    bury(context, transaction, item, EvidenceEvent::relay_failure, error, out);
  }
  return out;
}

void after_settling(const Context& context, const SettledHops& settled) {
  for (const auto& [link, error] : settled.refused_receipts)
    context.services.observer.refused("receipts to " + link, {}, error);
  for (const EvidenceRecord& record : settled.records) context.services.observer.recorded(record);
  if (!settled.records.empty()) context.wakeups.log_grew();
}

}  // namespace tram::exchange
