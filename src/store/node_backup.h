// Copies a running node's data: the database first, then the contents it refers to.
#pragma once

#include <atomic>
#include <string>

#include "base/clock.h"
#include "exchange/backup.h"
#include "store/content/file_content_store.h"
#include "store/sqlite/sqlite_message_store.h"

namespace tram::store {

/// What a copy says of itself, in `backup.json`. Whoever finds that file in a data folder works on a copy.
struct BackupOrigin {
  std::string node;
  std::string log_origin;  ///< of the log at that time
  Timestamp taken_at;
  std::uint64_t log_size = 0;  ///< entries that the copy has for certain
  std::optional<Timestamp> lacks_since =
      std::nullopt;  ///< of data restored from it: what that restore asks for
};

/// `backup.json`.
[[nodiscard]] Bytes write_backup_origin(const BackupOrigin& origin);
/// DATA_LOSS, BACKUP_MALFORMED.
[[nodiscard]] Result<BackupOrigin> read_backup_origin(BytesView json);

inline constexpr const char* kBackupFile = "backup.json";

/// Threads: any. The references outlive it and its backups.
class NodeBackup final : public exchange::BackupSource {
 public:
  /// `data`: the node's data folder, which holds "messages" and "content". Removes what a backup that was
  /// under way when the process ended left there.
  NodeBackup(std::string data, std::string node, std::string log_origin, const SqliteMessageStore& messages,
             FileContentStore& contents, Clock& clock);

  [[nodiscard]] Result<std::unique_ptr<exchange::Backup>> begin() override;

 private:
  class Copy;

  [[nodiscard]] std::string database_copy() const;
  void remove_database_copy() const;

  const std::string data_;
  const std::string node_;
  const std::string log_origin_;
  const SqliteMessageStore& messages_;
  FileContentStore& contents_;
  Clock& clock_;
  std::atomic<bool> under_way_{false};
};

}  // namespace tram::store
