// Port: the room on the disk that holds the node's data.
#pragma once

#include <cstdint>

#include "base/error.h"

namespace tram::exchange {

/// In bytes; what the node itself may use.
struct DiskRoom {
  std::uint64_t free = 0;  ///< without the reserve
  std::uint64_t total = 0;
};

/// The disk, and a reserve on it: space that nobody can take, and that the node gives free when there is no
/// other left, so that what it has promised can still be written down. Threads: any; blocks on the disk.
class DiskSpace {
 public:
  virtual ~DiskSpace() = default;

  [[nodiscard]] virtual Result<DiskRoom> room() const = 0;
  /// Bytes of the reserve when it is whole.
  [[nodiscard]] virtual std::uint64_t reserve() const = 0;
  [[nodiscard]] virtual bool holds_reserve() const = 0;
  /// Gives the reserve free; again changes nothing.
  virtual void release_reserve() = 0;
  /// Makes it whole. RESOURCE_EXHAUSTED, DISK_FULL if there is no room for it; then it is as before.
  [[nodiscard]] virtual Result<void> restore_reserve() = 0;
};

}  // namespace tram::exchange
