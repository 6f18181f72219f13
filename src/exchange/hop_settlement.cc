#include "exchange/hop_settlement.h"

#include <algorithm>

#include "codec/evidence_json.h"
#include "exchange/filing.h"

namespace tram::exchange {
namespace {

void bury_recipients(const Context& context, Transaction& transaction, const OutgoingItem& item,
                     const Error& error) {
  for (RecipientRow row : transaction.recipients(*item.message)) {
    if (std::count(item.recipients.begin(), item.recipients.end(), row.agency) == 0) continue;
    if (!may_advance(row.state, RecipientState::dead)) continue;
    row.state = RecipientState::dead;
    row.reason = error.text();
    row.updated_at = context.now();
    transaction.put_recipient(*item.message, row);
  }
}

EvidenceRecord record_refusal(const Context& context, Transaction& transaction, const std::string& link,
                              const OutgoingItem& item, const Error& error) {
  const StoredMessage message = transaction.load(*item.message);
  EvidenceRecord record = record_of(context, message, EvidenceEvent::relay_rejection, item.recipients);
  record.peer = link;
  record.reason = error.reason;
  record.detail = error.message.substr(0, 300);
  const bool tell = message.kind == MessageKind::dispatch;  // statuses have no receipts
  transaction.append_record(codec::write_record(record), item.message, tell ? message.from_link : "");
  return record;
}

}  // namespace

SettledHops settle_hops(const Context& context, Transaction& transaction, const std::string& link,
                        const std::vector<OutgoingItem>& taken, const std::vector<RefusedHop>& refused) {
  SettledHops out;
  for (const OutgoingItem& item : taken)
    out.unblocked = transaction.remove_outgoing(item.row) || out.unblocked;
  for (const auto& [item, error] : refused) {
    const auto queued = transaction.outgoing(item.row);
    if (!queued || queued->state == QueueState::dead) continue;
    out.unblocked =
        transaction.update_outgoing(item.row, QueueState::dead, item.attempts + 1, error.text()) ||
        out.unblocked;
    if (!item.message) continue;
    out.records.push_back(record_refusal(context, transaction, link, item, error));
    bury_recipients(context, transaction, item, error);
  }
  return out;
}

}  // namespace tram::exchange
