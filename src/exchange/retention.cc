#include "exchange/retention.h"

#include <algorithm>

namespace tram::exchange {
namespace {

constexpr Duration kReplayMargin = std::chrono::hours(24);

// Whether the sender's node has still to hear of a recipient, or its operator to deal with it.
bool is_awaited(const StoredMessage& message, RecipientState state) {
  if (!message.from_link.empty()) return false;
  if (message.kind == MessageKind::status) return is_dead_letter(state);
  return state != RecipientState::handed_over && state != RecipientState::closed;
}

}  // namespace

Duration record_retention(const Settings& settings) {
  const Duration replay = settings.replay_window + settings.clock_tolerance + kReplayMargin;
  return std::max({settings.retention.record, settings.retention.content, replay});
}

bool is_finished(Transaction& transaction, const StoredMessage& message, Timestamp before) {
  if (message.stored_at >= before || transaction.pruning().is_queued(message.row)) return false;
  const auto rows = transaction.recipients(message.row);
  return std::all_of(rows.begin(), rows.end(), [&](const RecipientRow& row) {
    return row.updated_at < before && !is_awaited(message, row.state);
  });
}

Error content_pruned(const StoredMessage& message) {
  const std::string when = message.contents_pruned_at ? to_rfc3339(*message.contents_pruned_at) : "before";
  return failure(ErrorCode::data_loss, "CONTENT_PRUNED",
                 "this node removed the attachments at " + when +
                     ": the message was finished, and older than " +
                     "this node keeps contents; header, signature and evidence are kept",
                 "take the attachments from the sender's or a recipient's archive; `tramctl evidence export "
                 "--attachments FOLDER` puts them to the evidence");
}

}  // namespace tram::exchange
