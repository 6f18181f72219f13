#include "store/sqlite/database.h"

#include <sqlite3.h>

#include "store/sqlite/storage_failed.h"

namespace tram::store {
namespace {

constexpr const char* kRestore = "restore the node's data folder from a backup: see README";

StorageFailed failed(sqlite3* database, const char* doing) {
  const int code = sqlite3_errcode(database) & 0xff;
  const std::string why = std::string(doing) + ": " + sqlite3_errmsg(database);
  if (code == SQLITE_FULL) {
    Error full = failure(ErrorCode::resource_exhausted, "DISK_FULL", "the node's data disk is full",
                         "free space on the node's data disk; nothing was stored, so send again");
    full.place = why;
    return {std::move(full), true};
  }
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    return {failure(ErrorCode::data_loss, "STORE_CORRUPT", "the message store is damaged; " + why, kRestore)};
  return {failure(ErrorCode::internal, "STORE_IO", "the message store failed; " + why,
                  "look at the disk and at the system's log, then start the node again")};
}

void check(int code, sqlite3* database, const char* doing) {
  if (code != SQLITE_OK) throw failed(database, doing);
}

// Its memory statistics take one lock of the whole process at every allocation; nothing here reads them.
// Refused, without harm, if somebody else in the process uses SQLite already.
void set_up_library() { [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

}  // namespace

StorageFailed stored_nonsense(const char* what) {
  return {failure(ErrorCode::data_loss, "STORE_CORRUPT", std::string("the message store is damaged: ") + what,
                  kRestore)};
}

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw failed(database_, "running a statement");
}

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Query::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string()
                         : std::string(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Digest Query::digest(int column) const {
  const auto value = Digest::from_bytes(bytes(column));
  if (!value) throw stored_nonsense("a digest has not 32 bytes");
  return *value;
}

void Query::bind(int place, std::nullopt_t) {
  check(sqlite3_bind_null(statement_, place), database_, "binding null");
}

void Query::bind(int place, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, place, value), database_, "binding an integer");
}

void Query::bind(int place, std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  check(sqlite3_bind_text64(statement_, place, data, text.size(), SQLITE_STATIC, SQLITE_UTF8), database_,
        "binding text");
}

void Query::bind(int place, const Blob& blob) {
  const char* data = blob.bytes.empty() ? "" : blob.bytes.data();
  check(sqlite3_bind_blob64(statement_, place, data, blob.bytes.size(), SQLITE_STATIC), database_,
        "binding bytes");
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

void Database::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<Database> Database::open(const std::string& path, const std::string& vfs) {
  set_up_library();
  sqlite3* raw = nullptr;
  // One thread at a time uses a connection: no mutex of SQLite's own.
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      vfs.empty() ? nullptr : vfs.c_str());
  Database database(raw);
  if (code != SQLITE_OK)
    return failure(ErrorCode::internal, "STORE_UNREADABLE",
                   "cannot open " + path + ": " + (raw == nullptr ? "no memory" : sqlite3_errmsg(raw)),
                   "check that the node may read and write its data folder");
  if (sqlite3_db_readonly(raw, "main") == 1)
    return failure(ErrorCode::failed_precondition, "STORE_READ_ONLY",
                   "the message store is read-only: " + path,
                   "mount the node's data folder for writing, and let the node's user write there");
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, 10'000);  // only while another connection closes or recovers the WAL
  return database;
}

void Database::execute(const char* sql) {
  check(sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr), raw_.get(), sql);
}

std::int64_t Database::changes() const { return sqlite3_changes64(raw_.get()); }

std::int64_t Database::total_changes() const { return sqlite3_total_changes64(raw_.get()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(raw_.get()) == 0; }

void Database::checkpoint() {
  static_cast<void>(
      sqlite3_wal_checkpoint_v2(raw_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr));
}

void Database::count_frames(int& frames) {
  const auto count = [](void* to, sqlite3*, const char*, int now) {
    *static_cast<int*>(to) = now;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(raw_.get(), count, &frames);
}

sqlite3_stmt* Database::prepared(const char* sql) {
  auto& cached = statements_[sql];
  if (!cached) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(raw_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    check(code, raw_.get(), sql);
    cached.reset(statement);
  }
  return cached.get();
}

}  // namespace tram::store
