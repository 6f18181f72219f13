// Limits of a content store.
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"

namespace tram::store {

class Disk;

struct ContentOptions {
  std::uint64_t segment_bytes = 64ULL << 20;  ///< a segment that reached this is followed by a new one
  /// Most bytes that one owner may have announced for uploads which no message refers to yet. Each counts for
  /// 64 KiB at least.
  std::uint64_t upload_quota = 64ULL << 30;
  std::size_t open_files = 64;   ///< descriptors kept open for reading
  const Clock* clock = nullptr;  ///< dates uploads; null: the system's; must outlive the store
  Disk* disk = nullptr;          ///< below the files; null: the system's; must outlive the store
  /// Told the bytes of each piece of an upload that was written. May be empty; on any thread, never blocks.
  std::function<void(std::uint64_t)> on_upload = {};

  [[nodiscard]] Timestamp now() const { return clock == nullptr ? SystemClock().now() : clock->now(); }
};

}  // namespace tram::store
