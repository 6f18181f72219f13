// The copy behind `tramctl backup`, whichever connection it comes by.
#pragma once

#include <tram/v1/operations.grpc.pb.h>

#include <cstdint>
#include <string>

#include "base/error.h"

namespace tram::client {

struct BackupCopy {
  std::string folder;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// Asks the node for a copy of its data and writes it to `dir`, which is there, whole and durable, only if
/// this succeeds. Blocks until the copy has come; no deadline: it may be very large. Errors: those of
/// BackupFolder::open(), before the node is asked; what the node answers; once a part of the copy lies in
/// DIR.part, BACKUP_BROKEN_OFF with the cause.
[[nodiscard]] Result<BackupCopy> copy_backup(v1::Operations::StubInterface& stub, const std::string& dir);

}  // namespace tram::client
