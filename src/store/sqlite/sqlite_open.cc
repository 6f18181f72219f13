// Opening a SQLite message store: the file, its schema, recovery.
#include <filesystem>
#include <system_error>

#include "store/content/file.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/schema_copy.h"
#include "store/sqlite/sqlite_parts.h"
#include "store/sqlite/storage_failed.h"
#include "store/sqlite/write_ahead_check.h"

namespace tram::store {
namespace {

bool is_new(Database& database) {
  Query query = database.query("PRAGMA page_count");
  return query.next() && query.integer(0) == 0;
}

// auto_vacuum counts only before the first table. The size of pages would, later, be that of copies.
void configure(Database& database, int page_size) {
  if (is_new(database)) database.execute(("PRAGMA page_size = " + std::to_string(page_size)).c_str());
  database.execute(
      "PRAGMA auto_vacuum = INCREMENTAL;"
      "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA cache_size = -16384;"  // KiB: the ends of tables and indexes; the rest is in the system's cache
      "PRAGMA journal_size_limit = 67108864;"  // bytes the WAL keeps after a checkpoint
      "PRAGMA temp_store = MEMORY");
}

// SQLite keeps another mode without an error where a file system cannot do WAL.
Result<void> require_wal(Database& database) {
  Query query = database.query("PRAGMA journal_mode");
  if (query.next() && query.bytes(0) == "wal") return {};
  return failure(ErrorCode::failed_precondition, "STORE_NEEDS_WAL",
                 "the file system of the data folder does not support shared memory maps",
                 "put the data folder on a local file system");
}

// What a crash left half-known in the WAL is known once it is synced.
Result<void> sync_write_ahead(const std::string& path) {
  const auto file = File::open(Disk::system(), path + "-wal", File::Mode::read);
  return file ? file->sync() : file.error();
}

// All that is in the WAL goes into the database and is synced before anything is answered: what a crash left
// half-known is known from here on.
Result<void> recover(Database& database, const std::string& path) {
  try {
    Query query = database.query("PRAGMA wal_checkpoint(TRUNCATE)");
    if (query.next() && query.integer(0) == 0) return {};
  } catch (const StorageFailed& failed) {
    if (!failed.disk_full) throw;
    return sync_write_ahead(path);  // there is no room in the database; it stays in the WAL for now
  }
  return failure(ErrorCode::internal, "STORE_BUSY", "another program reads the message store",
                 "close it and start the node again");
}

// The last process closed the store: SQLite removes the WAL then.
bool ended_cleanly(const std::string& path) {
  std::error_code none;
  return std::filesystem::file_size(path + "-wal", none) == 0 || none;
}

// Structure and not values: see load_message() and CommittedLog::restore() for what else is compared.
void look_through(Database& database) {
  Query query = database.query("PRAGMA quick_check(1)");
  if (!query.next()) return;
  const std::string found = query.bytes(0);
  if (found != "ok") throw stored_nonsense(found.c_str());
}

Counters read_counters(Database& database) {
  Query query = database.query("SELECT messages, last_message, last_queue_row, receipt_cursor FROM counters");
  if (!query.next()) throw stored_nonsense("the counters are missing");
  Query blockings = database.query("SELECT count(*) FROM blocking");
  if (!blockings.next()) throw stored_nonsense("what blocks cannot be counted");
  return {query.integer(0), query.integer(1), query.integer(2), query.integer(3), blockings.integer(0)};
}

}  // namespace

Result<std::unique_ptr<SqliteMessageStore>> SqliteMessageStore::open(const std::string& folder,
                                                                     SqliteOptions options) {
  auto lock = FolderLock::take(folder, "messages.lock");
  if (!lock) return lock.error();
  const std::string path = folder + "/messages.db";
  const bool clean = ended_cleanly(path);
  if (const auto sound = check_write_ahead(path + "-wal"); !sound) return sound.error();
  auto writer = Database::open(path, options.vfs);
  if (!writer) return writer.error();
  try {
    configure(*writer, options.page_size);
    if (const auto wal = require_wal(*writer); !wal) return wal.error();
    const auto newest = static_cast<std::int64_t>(migrations().size());
    if (const auto copied = copy_before_migration(*writer, folder, newest, options.on_schema_copy); !copied)
      return copied.error();
    if (const auto migrated = migrate(*writer, migrations()); !migrated) return migrated.error();
    if (const auto recovered = recover(*writer, path); !recovered) return recovered.error();
    std::error_code unknown;
    if (!clean && std::filesystem::file_size(path, unknown) <= options.check_bytes) look_through(*writer);
    auto parts = std::make_unique<Parts>(*std::move(lock), path, options.vfs, options.on_failure);
    if (const auto restored = parts->log.restore(*writer, options.origin); !restored) return restored.error();
    parts->waiting.restore();
    const Counters counters = read_counters(*writer);
    parts->queued_before_start = counters.last_queue_row;
    auto beside = Database::open(path, options.vfs);
    if (!beside) return beside.error();
    beside->execute("PRAGMA synchronous = FULL");
    parts->committer = std::make_unique<Committer>(
        *std::move(writer), *std::move(beside), counters, options.contents, parts->log, parts->waiting,
        parts->recent, std::move(options.on_failure), std::move(options.on_commit));
    return std::unique_ptr<SqliteMessageStore>(new SqliteMessageStore(std::move(parts)));
  } catch (const StorageFailed& failed) {
    return failed.error;
  }
}

SqliteMessageStore::SqliteMessageStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SqliteMessageStore::~SqliteMessageStore() = default;

}  // namespace tram::store
