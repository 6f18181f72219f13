// Port: finding and removing content that nobody refers to any more.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace tram::exchange {

/// A segment or an upload, as it lies on the disk.
struct Container {
  enum class Kind : std::uint8_t {
    segment,     ///< small contents of many messages, one after another
    upload,      ///< one large content, complete
    unfinished,  ///< one large content, not all of it there
  };
  std::string name;  ///< as in ContentLocation
  Kind kind = Kind::segment;
  std::uint64_t bytes = 0;
  Timestamp changed_at;  ///< when it was last written to
  bool newest = false;   ///< the segment that may still be filled
  bool operator==(const Container&) const = default;
};

/// Goes through all containers once, segments from the oldest on, then uploads in no order. What comes or
/// goes meanwhile may be missing. Memory does not grow with the number of uploads. One thread.
class ContainerListing {
 public:
  virtual ~ContainerListing() = default;
  /// The next ones, at most `most`; empty at the end.
  [[nodiscard]] virtual Result<std::vector<Container>> next(std::size_t most) = 0;
};

/// What a collector needs of a content store. The store knows which locations are in somebody's hands
/// (ContentLocation::pin), the message store which are referred to for good; neither knows both. So a
/// container is removed in three steps, in this order:
///
///   1. offer(): fails while it is written to or pinned. Pinning it later takes the offer back.
///   2. The message store is asked: does a committed message refer to it? Whatever was pinned before step 1
///      is committed or given up by now, so the answer can only go stale by a new pin.
///   3. remove(): does nothing if the offer was taken back.
///
/// Durability: what is removed is gone, or, after a crash, still there and found again. Names of segments are
/// never used twice. Threads: any; blocks on the disk.
class ContentCollector {
 public:
  virtual ~ContentCollector() = default;

  [[nodiscard]] virtual std::unique_ptr<ContainerListing> containers() const = 0;
  /// False while somebody fills, writes or pins it, and for the newest segment: see seal().
  [[nodiscard]] virtual bool offer(const Container& container) = 0;
  /// True if it is gone. False if the offer was taken back, or it was written to since it was listed.
  [[nodiscard]] virtual Result<bool> remove(const Container& container) = 0;
  /// What is appended from now on goes to a new segment, so that the one before may be offered. An empty one
  /// stays the newest. RESOURCE_EXHAUSTED on a full disk.
  [[nodiscard]] virtual Result<void> seal() = 0;
};

}  // namespace tram::exchange
