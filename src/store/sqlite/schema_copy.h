// A copy of the database before its tables change: the way back to the program that wrote it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "store/sqlite/database.h"

namespace tram::store {

/// A copy that was made.
struct SchemaCopy {
  std::string folder;          ///< holds messages.db, and nothing else of ours
  std::int64_t version = 0;    ///< of its schema
  std::uint64_t log_size = 0;  ///< entries in its log
};

/// Told of a copy when it is durable, before the first migration begins; after an error none does.
using SchemaCopied = std::function<Result<void>(const SchemaCopy&)>;

/// Copies the database to `folder`/schema-N/messages.db, N being its version, if that is below `newest` and
/// the database is not new; what lay there before is replaced. Durable: synced, then renamed into its place.
/// FAILED_PRECONDITION, STORE_COPY_FAILED: then nothing may be migrated. Throws StorageFailed for the
/// database itself.
[[nodiscard]] Result<void> copy_before_migration(Database& database, const std::string& folder,
                                                 std::int64_t newest, const SchemaCopied& copied);

}  // namespace tram::store
