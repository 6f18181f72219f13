#include "store/sqlite/schema.h"

#include <array>
#include <string>

#include "store/sqlite/content_use.h"
#include "store/sqlite/storage_failed.h"

namespace tram::store {
namespace {

// Times are microseconds since 1970 (UTC). Lists are packed, see packing.h. Numbers of states and kinds are
// those of the model. Small fixed columns stand first, so that reading them does not walk the long ones.
constexpr const char* kVersion1 = R"(
CREATE TABLE counters (                -- one row
  only INTEGER PRIMARY KEY CHECK (only = 1),
  messages INTEGER NOT NULL,           -- rows of message
  last_message INTEGER NOT NULL,       -- row numbers given out so far: none is used twice
  last_queue_row INTEGER NOT NULL,     -- of outgoing and inbox together
  receipt_cursor INTEGER NOT NULL      -- log entries below have had their receipts queued
) STRICT;
INSERT INTO counters VALUES (1, 0, 0, 0, 0);

CREATE TABLE message (
  row INTEGER PRIMARY KEY,
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  header_digest BLOB NOT NULL,
  submitted_digest BLOB NOT NULL,
  from_link TEXT NOT NULL,
  stored_at INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  certificate BLOB NOT NULL,
  contents BLOB NOT NULL,
  trace BLOB NOT NULL,
  named BLOB NOT NULL,
  verdict BLOB NOT NULL,
  signature BLOB NOT NULL,
  header BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX message_key ON message (sender, id);

CREATE TABLE recipient (
  message INTEGER NOT NULL,
  agency TEXT NOT NULL,
  state INTEGER NOT NULL,
  last_status INTEGER,
  updated_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (message, agency)
) STRICT, WITHOUT ROWID;

CREATE TABLE outgoing (
  row INTEGER PRIMARY KEY,
  link TEXT NOT NULL,
  priority INTEGER NOT NULL,
  message INTEGER,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  recipients BLOB NOT NULL,
  bundle BLOB NOT NULL
) STRICT;
CREATE INDEX outgoing_waiting ON outgoing (link, priority) WHERE state = 1;
CREATE INDEX outgoing_message ON outgoing (message) WHERE message IS NOT NULL;

CREATE TABLE inbox (
  row INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  agency TEXT NOT NULL,
  inbox TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state INTEGER NOT NULL,
  queued_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX inbox_message ON inbox (message, agency);
CREATE INDEX inbox_waiting ON inbox (agency, inbox, priority) WHERE state = 1;

CREATE TABLE log (
  position INTEGER PRIMARY KEY,        -- from 0
  message INTEGER,
  receipt_link TEXT NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE INDEX log_message ON log (message) WHERE message IS NOT NULL;

CREATE TABLE tile (                    -- full tiles of the log
  place INTEGER PRIMARY KEY,           -- level * 2^56 + index
  hashes BLOB NOT NULL
) STRICT;

CREATE TABLE checkpoint (
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  note BLOB NOT NULL,
  PRIMARY KEY (origin, size)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
  row INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  event INTEGER NOT NULL,
  node TEXT NOT NULL,
  origin TEXT NOT NULL,
  checkpoint_size INTEGER NOT NULL,
  path BLOB NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE INDEX receipt_message ON receipt (message, log_index);

CREATE TABLE certificate (
  sha256 BLOB PRIMARY KEY,
  der BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE registry (
  certificate BLOB PRIMARY KEY,
  agency TEXT NOT NULL,
  system TEXT NOT NULL,
  inbox TEXT NOT NULL,
  roles INTEGER NOT NULL,
  signers BLOB NOT NULL,
  added_at INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE status_of (               -- which status messages name which message
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  message INTEGER NOT NULL,            -- the status
  PRIMARY KEY (sender, id, message)
) STRICT, WITHOUT ROWID;
)";

// Senders take turns, what names a message waits for it, operators deal with dead letters.
constexpr const char* kVersion2 = R"(
ALTER TABLE outgoing ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outgoing ADD COLUMN retry INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE recipient ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX recipient_dead ON recipient (message) WHERE state IN (5, 6);
DROP INDEX outgoing_waiting;
DROP INDEX inbox_waiting;
CREATE INDEX outgoing_waiting ON outgoing (link, priority, turn) WHERE state = 1;
CREATE INDEX inbox_waiting ON inbox (agency, inbox, priority, turn) WHERE state = 1;

CREATE TABLE blocking (                -- rows of outgoing or of inbox, both of one queue
  blocker INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  PRIMARY KEY (blocker, blocked)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocking_blocked ON blocking (blocked, blocker);

CREATE TABLE forwarding (              -- of messages to agencies that their sender did not name
  message INTEGER NOT NULL,
  agency TEXT NOT NULL,
  record BLOB NOT NULL,
  signature BLOB NOT NULL,
  certificate BLOB NOT NULL,
  PRIMARY KEY (message, agency)
) STRICT, WITHOUT ROWID;
)";

// Alarms, and the hours by which documents are due.
constexpr const char* kAlarmTables = R"(
CREATE TABLE alarm (
  kind INTEGER NOT NULL,
  subject TEXT NOT NULL,
  since INTEGER NOT NULL,
  last INTEGER NOT NULL,
  count INTEGER NOT NULL,
  detail TEXT NOT NULL,
  acknowledged_by TEXT NOT NULL,
  acknowledged_at INTEGER,
  PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE deadline (
  message INTEGER PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX deadline_at ON deadline (at);
)";

// Certificates that a forwarding needs are found. (A build between two releases made it with version 3.)
constexpr const char* kForwardingIndex =
    "CREATE INDEX IF NOT EXISTS forwarding_certificate ON forwarding (certificate)";

constexpr std::array<Migration, 5> kMigrations{
    {{kVersion1}, {kVersion2}, {kRetentionTables, fill_content_use}, {kAlarmTables}, {kForwardingIndex}}};

void apply(Database& database, const Migration& migration, std::int64_t version) {
  database.execute("BEGIN IMMEDIATE");
  database.execute(migration.sql);
  if (migration.fill != nullptr) migration.fill(database);
  database.execute(("PRAGMA user_version = " + std::to_string(version)).c_str());
  database.execute("COMMIT");
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

std::int64_t schema_version(Database& database) {
  Query query = database.query("PRAGMA user_version");
  return query.next() ? query.integer(0) : 0;
}

Result<void> migrate(Database& database, std::span<const Migration> list) {
  try {
    const auto newest = static_cast<std::int64_t>(list.size());
    std::int64_t version = schema_version(database);
    if (version < 0 || version > newest)
      return failure(
          ErrorCode::failed_precondition, "STORE_TOO_NEW",
          "the message store has schema version " + std::to_string(version) +
              ", this program knows versions up to " + std::to_string(newest),
          "run the newer program that wrote it, or go back to the copy made before the upgrade: see README");
    for (; version < newest; ++version) apply(database, list[static_cast<std::size_t>(version)], version + 1);
    return {};
  } catch (const StorageFailed& failed) {
    if (database.in_transaction()) database.execute("ROLLBACK");
    return failed.error;
  }
}

}  // namespace tram::store
