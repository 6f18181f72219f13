#include "exchange/alarming_observer.h"

namespace tram::exchange {
namespace {

constexpr std::string_view kReused = "ID_REUSED";
constexpr std::string_view kReceipts = "receipts from ";

}  // namespace

// A peer refused it: here is the end that sent it.
void AlarmingObserver::recorded(const EvidenceRecord& record) {
  next_.recorded(record);
  if (record.reason != kReused || !record.message) return;
  alarms_->raise(AlarmKind::id_reused, text(*record.message),
                 record.node.text() + " refused it: " + record.detail);
}

void AlarmingObserver::refused(std::string_view where, const MessageKey& key, const Error& error) {
  next_.refused(where, key, error);
  if (error.reason == kReused)
    alarms_->raise(AlarmKind::id_reused, text(key),
                   "refused by " + std::string(where) + ": " + error.message);
  if (where == kHandOver) alarms_->raise(AlarmKind::content_unreadable, text(key), error.text());
  if (where.starts_with(kReceipts))
    alarms_->raise(AlarmKind::receipt_refused, std::string(where.substr(kReceipts.size())), error.text());
}

}  // namespace tram::exchange
