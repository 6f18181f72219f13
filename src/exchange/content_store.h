// Port: where attachments' bytes lie.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/sha256.h"

namespace tram::exchange {

/// Where one attachment's bytes lie: part of a segment, or a file of its own. Stored beside the message; its
/// meaning belongs to the content store that made it.
struct ContentLocation {
  std::string container;  ///< a segment's or upload's name, [0-9a-z-]
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  /// In what append(), uploaded() and hold() answer: while a copy lives, the container is not removed.
  /// Whoever makes a message refer to the location keeps one until that is committed. Neither stored nor
  /// compared.
  std::shared_ptr<const void> pin = {};

  bool operator==(const ContentLocation& other) const {
    return container == other.container && offset == other.offset && length == other.length;
  }
};

/// How far an upload has come.
struct UploadState {
  std::uint64_t stored = 0;  ///< bytes durable from the start on: the next chunk begins here
  bool complete = false;     ///< all there, and the digest is right
};

/// One upload being written. One thread at a time; destroying it keeps what was written for a later resume.
class Upload {
 public:
  virtual ~Upload() = default;
  /// The next bytes. INVALID_ARGUMENT beyond the announced size; RESOURCE_EXHAUSTED on a full disk.
  [[nodiscard]] virtual Result<void> write(BytesView chunk) = 0;
  /// Makes what was written durable. When all bytes are there their digest is compared: equal, the upload is
  /// complete; else INVALID_ARGUMENT, reason DIGEST_MISMATCH, and the upload is discarded.
  [[nodiscard]] virtual Result<UploadState> finish() = 0;
};

/// Durability: append() is durable after the next flush(); uploads after finish(). Consistency: a location
/// answered once reads the same bytes for ever. Threads: every method, any thread; they block on the disk, so
/// call them from workers. Who retries: the caller, after a RESOURCE_EXHAUSTED or UNAVAILABLE. A failed flush
/// ends the process: what was written is unknown.
class ContentStore {
 public:
  virtual ~ContentStore() = default;

  /// Appends small content to the current segment.
  [[nodiscard]] virtual Result<ContentLocation> append(BytesView bytes) = 0;
  /// Makes all appended before the call durable. The message store calls it before each commit.
  [[nodiscard]] virtual Result<void> flush() = 0;

  /// Uploads are known by (owner, digest, size); owners never see each other's. `owner` is any text.
  [[nodiscard]] virtual Result<UploadState> upload_state(const std::string& owner, const Digest& sha256,
                                                         std::uint64_t size) = 0;
  /// Goes on at `offset`, which must equal what is stored (FAILED_PRECONDITION otherwise). One writer an
  /// upload: a second one gets ABORTED. After a restart the stored prefix is hashed again first.
  [[nodiscard]] virtual Result<std::unique_ptr<Upload>> resume_upload(const std::string& owner,
                                                                      const Digest& sha256,
                                                                      std::uint64_t size,
                                                                      std::uint64_t offset) = 0;
  /// The place of a complete upload; NOT_FOUND if there is none of this owner.
  [[nodiscard]] virtual Result<ContentLocation> uploaded(const std::string& owner, const Digest& sha256,
                                                         std::uint64_t size) = 0;

  /// The same location with a pin, for who reads it in several steps. DATA_LOSS if its container is gone.
  [[nodiscard]] virtual Result<ContentLocation> hold(const ContentLocation& location) const = 0;
  /// Up to `limit` bytes from `offset` within the location; fewer only at its end. DATA_LOSS if they are
  /// gone: without a pin that may be because they were moved, see read_content() in exchange/.
  [[nodiscard]] virtual Result<Bytes> read(const ContentLocation& location, std::uint64_t offset,
                                           std::size_t limit) const = 0;
};

}  // namespace tram::exchange
