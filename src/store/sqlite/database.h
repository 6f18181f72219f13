// One SQLite connection with its prepared statements. This folder alone knows SQLite.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tram::store {

/// A value for a BLOB column: std::string alone could be text as well.
struct Blob {
  BytesView bytes;
};

/// A prepared statement in use: gives its values, and is free again when destroyed. One thread.
class Query {
 public:
  /// Text and blobs must live as long as the query.
  template <class... Values>
  Query(sqlite3* database, sqlite3_stmt* statement, const Values&... values)
      : database_(database), statement_(statement) {
    int place = 0;
    (bind(++place, values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// The next row, or false at the end.
  bool next();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string bytes(int column) const;  ///< of a TEXT or BLOB
  [[nodiscard]] Digest digest(int column) const;
  template <class Enum>
  [[nodiscard]] Enum as(int column) const {
    return static_cast<Enum>(integer(column));
  }
  [[nodiscard]] Timestamp time(int column) const { return from_micros(integer(column)); }

  void bind(int place, std::nullopt_t);
  void bind(int place, std::int64_t value);
  void bind(int place, std::string_view text);
  void bind(int place, const Blob& blob);
  void bind(int place, const Digest& digest) { bind(place, Blob{digest.bytes()}); }
  void bind(int place, Timestamp time) { bind(place, to_micros(time)); }
  template <class T>
    requires(std::is_enum_v<T> || std::is_integral_v<T>)
  void bind(int place, T value) {
    bind(place, static_cast<std::int64_t>(value));
  }
  template <class T>
  void bind(int place, const std::optional<T>& value) {
    if (value) {
      bind(place, *value);
    } else {
      bind(place, std::nullopt);
    }
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
};

/// Throws StorageFailed. One thread at a time.
class Database {
 public:
  /// Opens or creates the file, by the SQLite VFS of this name (empty: the system's). INTERNAL,
  /// STORE_UNREADABLE if that fails; FAILED_PRECONDITION, STORE_READ_ONLY.
  [[nodiscard]] static Result<Database> open(const std::string& path, const std::string& vfs = "");

  /// Runs statements without values and drops their rows.
  void execute(const char* sql);

  /// Runs one statement. `sql` must be a literal: statements are cached by its address.
  template <class... Values>
  void run(const char* sql, const Values&... values) {
    Query query(raw_.get(), prepared(sql), values...);
    while (query.next()) {
    }
  }

  /// Begins one statement that answers rows. Text and blobs must live as long as the query.
  template <class... Values>
  [[nodiscard]] Query query(const char* sql, const Values&... values) {
    return Query(raw_.get(), prepared(sql), values...);
  }

  /// Rows that the last statement changed.
  [[nodiscard]] std::int64_t changes() const;
  /// Rows that all statements so far changed.
  [[nodiscard]] std::int64_t total_changes() const;
  [[nodiscard]] bool in_transaction() const;
  /// Moves what it can of the write-ahead file into the database and syncs it. Waits for nobody; best effort.
  void checkpoint();
  /// From now on each commit here leaves in `frames` how many the write-ahead file has; nothing checkpoints
  /// by itself any more. `frames` outlives the last commit.
  void count_frames(int& frames);
  [[nodiscard]] sqlite3* raw() const { return raw_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  explicit Database(sqlite3* raw) : raw_(raw) {}
  [[nodiscard]] sqlite3_stmt* prepared(const char* sql);

  std::unique_ptr<sqlite3, Close> raw_;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;  // go before raw_
};

}  // namespace tram::store
