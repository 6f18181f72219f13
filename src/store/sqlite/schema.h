// The tables, as an ordered list of migrations.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "store/sqlite/database.h"

namespace tram::store {

/// Brings a database from version n to n + 1, n being its place in the list. Never changed once released: a
/// change of the tables is a new migration at the end.
struct Migration {
  const char* sql;
  void (*fill)(Database&) = nullptr;  ///< what SQL alone cannot do, after it in the same transaction
};

/// What this program needs: version = number of migrations.
[[nodiscard]] std::span<const Migration> migrations();

/// Of the database as it is: 0 for a new one.
[[nodiscard]] std::int64_t schema_version(Database& database);

/// Applies those that are missing, each in a transaction of its own with the new version (PRAGMA
/// user_version). FAILED_PRECONDITION, STORE_TOO_NEW if the database has more than `list`; what SQLite says
/// if one fails, which leaves the database at the version before it.
[[nodiscard]] Result<void> migrate(Database& database, std::span<const Migration> list);

}  // namespace tram::store
