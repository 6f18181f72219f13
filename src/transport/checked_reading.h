// Reading a stored attachment piece by piece, compared with the digest that was signed. For the sources of
// this folder.
#pragma once

#include "base/sha256.h"
#include "exchange/node.h"

namespace tram::transport {

/// Nobody is given the last piece of an attachment that is not what was signed. One thread at a time.
class CheckedReading {
 public:
  /// `contents` outlives it. From `offset` on; the bytes before it are hashed with the first piece, as the
  /// reader has them from an earlier call.
  CheckedReading(exchange::ContentStore& contents, exchange::ContentLocation location, Attachment attachment,
                 std::uint64_t offset)
      : contents_(contents), location_(location), attachment_(std::move(attachment)), offset_(offset) {}

  [[nodiscard]] bool at_end() const { return offset_ >= location_.length; }
  /// The next piece; empty only of what is empty. DATA_LOSS naming the attachment: CONTENT_SHORT,
  /// CONTENT_DAMAGED. Blocks on the disk.
  [[nodiscard]] Result<Bytes> next();

 private:
  [[nodiscard]] Result<void> catch_up();
  [[nodiscard]] Result<Bytes> piece(std::uint64_t at);

  exchange::ContentStore& contents_;
  const exchange::ContentLocation location_;
  const Attachment attachment_;
  std::uint64_t offset_;
  std::uint64_t hashed_ = 0;
  Sha256 hash_;
};

/// Raises the alarm if the error is a loss of data; answers it. `subject`: what was asked for.
[[nodiscard]] Error damaged(exchange::Node& node, const std::string& subject, const Error& error);

}  // namespace tram::transport
