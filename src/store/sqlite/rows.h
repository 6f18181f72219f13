// Rows of the tables as values of the port. Throw StorageFailed.
#pragma once

#include <optional>
#include <vector>

#include "exchange/message_store.h"
#include "store/sqlite/database.h"

namespace tram::store {

[[nodiscard]] std::optional<exchange::KnownMessage> find_message(Database& database, const MessageKey& key);
[[nodiscard]] std::optional<exchange::StoredMessage> load_message(Database& database,
                                                                  exchange::MessageRow row);
/// With the rows of status_of. False, and nothing changes, if the key is there already.
[[nodiscard]] bool insert_message(Database& database, exchange::MessageRow row,
                                  const exchange::StoredMessage& message);

/// Of `agency, state, reason, last_status, updated_at, retries`, from `first` on.
[[nodiscard]] exchange::RecipientRow read_recipient(const Query& query, int first = 0);
[[nodiscard]] std::optional<exchange::RecipientRow> load_recipient(Database& database,
                                                                   exchange::MessageRow message,
                                                                   const AgencyCode& agency);
[[nodiscard]] std::vector<exchange::RecipientRow> load_recipients(Database& database,
                                                                  exchange::MessageRow message);

/// Of `row, link, priority, message, state, attempts, queued_at, reason, recipients, bundle, retry`, from
/// `first` on.
[[nodiscard]] exchange::OutgoingItem read_outgoing(const Query& query, int first = 0);
/// Of `row, message, agency, inbox, priority, state, queued_at`, from `first` on; without attempts.
[[nodiscard]] exchange::InboxItem read_inbox(const Query& query, int first = 0);
[[nodiscard]] std::optional<exchange::OutgoingItem> load_outgoing(Database& database, exchange::QueueRow row);
[[nodiscard]] std::optional<exchange::InboxItem> load_inbox_item(Database& database,
                                                                 exchange::MessageRow message,
                                                                 const AgencyCode& agency);

/// Of `position, message, receipt_link, record`.
[[nodiscard]] exchange::LogEntry read_entry(const Query& query);
/// Of `event, node, origin, checkpoint_size, log_index, path, record`.
[[nodiscard]] exchange::StoredReceipt read_receipt(const Query& query);
/// Of all columns of the table, in order.
[[nodiscard]] RegistryEntry read_registry_entry(const Query& query);

}  // namespace tram::store
