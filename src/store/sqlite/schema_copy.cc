#include "store/sqlite/schema_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "store/sqlite/schema.h"
#include "store/sqlite/storage_failed.h"

namespace tram::store {
namespace {

Error not_copied(const std::string& place, const std::string& why) {
  return failure(
      ErrorCode::failed_precondition, "STORE_COPY_FAILED",
      "the message store must be copied to " + place + " before its tables change: " + why,
      "make room for a second copy of messages.db and let the service's user write there, then start "
      "again; or run the older program, nothing was changed");
}

// One thread starts a store.
std::string last_error() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe)

// Of a file, or of a folder for the names in it.
Result<void> sync(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return not_copied(path, last_error());
  const bool synced = ::fsync(descriptor) == 0;
  const std::string why = synced ? "" : last_error();
  ::close(descriptor);
  if (!synced) return not_copied(path, why);
  return {};
}

std::uint64_t entries_of(Database& database) {
  Query query = database.query("SELECT count(*) FROM log");
  return query.next() ? query.as<std::uint64_t>(0) : 0;
}

// SQLite reads a consistent state, with all that is in the WAL, and writes a file of its own.
Result<void> write_copy(Database& database, const std::string& file) {
  try {
    database.run("VACUUM INTO ?", file);
    return {};
  } catch (const StorageFailed& failed) {
    return not_copied(file, failed.error.message);
  }
}

}  // namespace

Result<void> copy_before_migration(Database& database, const std::string& folder, std::int64_t newest,
                                   const SchemaCopied& copied) {
  const std::int64_t version = schema_version(database);
  if (version <= 0 || version >= newest) return {};
  const SchemaCopy copy{folder + "/schema-" + std::to_string(version), version, entries_of(database)};
  const std::string unfinished = copy.folder + "/messages.db.unfinished";
  std::error_code error;
  std::filesystem::create_directories(copy.folder, error);
  if (!error) std::filesystem::remove(unfinished, error);
  if (error) return not_copied(copy.folder, error.message());
  if (auto written = write_copy(database, unfinished); !written) return written;
  if (auto synced = sync(unfinished); !synced) return synced;
  std::filesystem::rename(unfinished, copy.folder + "/messages.db", error);
  if (error) return not_copied(copy.folder, error.message());
  for (const std::string& place : {copy.folder, folder}) {
    if (auto synced = sync(place); !synced) return synced;
  }
  return copied ? copied(copy) : Result<void>();
}

}  // namespace tram::store
