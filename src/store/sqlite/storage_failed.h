// How an I/O failure leaves the depths of SQLite code.
#pragma once

#include "base/error.h"

namespace tram::store {

/// Thrown by Database and Query, through units of work, and caught by the committer and the readers. Never
/// leaves the store. After a full disk (`disk_full`) a rollback makes everything as before; after anything
/// else what lies on the disk is unknown.
struct StorageFailed {
  Error error;
  bool disk_full = false;
};

/// Stored bytes that nobody here could have written.
[[nodiscard]] StorageFailed stored_nonsense(const char* what);

}  // namespace tram::store
