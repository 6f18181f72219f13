// SQLite above a failing disk.
#pragma once

#include <memory>
#include <string>

#include "tests/store/failing_disk.h"

namespace tram::store {

/// Registers a VFS that passes on to the default one what a FailingDisk allows of a database's and a WAL's
/// steps; real syncs are left out. It takes no part in shared memory and locks. Must outlive its connections.
class FaultVfs {
 public:
  /// Without a disk, all is allowed.
  explicit FaultVfs(FailingDisk* disk);
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  /// For SqliteOptions.
  [[nodiscard]] const std::string& name() const;

 private:
  struct Registration;
  const std::unique_ptr<Registration> registration_;
};

}  // namespace tram::store
