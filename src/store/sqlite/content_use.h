// Which containers the stored messages' contents lie in.
#pragma once

#include <vector>

#include "exchange/message_store.h"
#include "store/sqlite/database.h"

namespace tram::store {

/// Version 3 of the tables: what is removed must be found, and what it leaves behind.
inline constexpr const char* kRetentionTables = R"(
ALTER TABLE message ADD COLUMN contents_pruned_at INTEGER;
CREATE INDEX message_contents ON message (stored_at) WHERE contents <> x'00';
CREATE INDEX message_certificate ON message (certificate);
CREATE INDEX receipt_checkpoint ON receipt (origin, checkpoint_size);
CREATE TABLE content_use (
  container TEXT NOT NULL,
  message INTEGER NOT NULL,
  bytes INTEGER NOT NULL,              -- of the message's contents in the container
  PRIMARY KEY (container, message)
) STRICT, WITHOUT ROWID;
)";
/// Fills content_use for the messages of earlier versions.
void fill_content_use(Database& database);

/// Beside a message's own row; once a message and state of its contents. Throw StorageFailed.
void add_content_use(Database& database, exchange::MessageRow message,
                     const std::vector<exchange::ContentLocation>& contents);
void remove_content_use(Database& database, exchange::MessageRow message,
                        const std::vector<exchange::ContentLocation>& contents);

}  // namespace tram::store
