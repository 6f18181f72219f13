// Port: a consistent copy of a node that runs.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace tram::exchange {

/// A piece of one file of the copy. Files come one after another, each from its beginning.
struct BackupPiece {
  std::string file;  ///< its path below the data folder, "content/segments/s-0000000001"
  Bytes bytes;
};

/// One copy on its way. What it needs is not collected while it lives. One thread.
class Backup {
 public:
  virtual ~Backup() = default;
  /// At most 256 KiB; nothing at the end. An error ends the copy: it is of no use.
  [[nodiscard]] virtual Result<std::optional<BackupPiece>> next() = 0;
};

/// Threads: any.
class BackupSource {
 public:
  virtual ~BackupSource() = default;
  /// Copies the message store at this moment; the contents follow. One at a time: RESOURCE_EXHAUSTED,
  /// BACKUP_UNDER_WAY. Needs as much room as the message store takes; blocks as long as copying it takes.
  [[nodiscard]] virtual Result<std::unique_ptr<Backup>> begin() = 0;
};

}  // namespace tram::exchange
