// An attachment as libzip pulls it: hashed as it passes, compared with the header at its end.
#pragma once

#include <zip.h>

#include <optional>

#include "base/sha256.h"
#include "evidence/container_writer.h"

namespace tram::evidence {

/// One attachment being written. It must outlive the zip_t that reads it. One thread.
class AttachmentSource {
 public:
  AttachmentSource(std::size_t index, const Attachment& attachment, const OpenAttachment& open);
  AttachmentSource(AttachmentSource&&) = delete;

  /// For zip_file_add(), which takes it over; null without memory.
  [[nodiscard]] zip_source_t* attach(zip_t* zip);
  /// Why it could not be read to its end.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  static zip_int64_t command(void* self, void* data, zip_uint64_t length, zip_source_cmd_t what);
  [[nodiscard]] zip_int64_t open();
  [[nodiscard]] zip_int64_t read(char* out, std::size_t length);
  [[nodiscard]] zip_int64_t stat(zip_stat_t* out) const;
  /// Fetches until there is something to give or the end was reached.
  [[nodiscard]] bool fetch();
  [[nodiscard]] bool fail(Error error);
  [[nodiscard]] Error mismatch(const std::string& what) const;

  const std::size_t index_;
  const Attachment& attachment_;
  const OpenAttachment& open_;
  ReadChunk next_;
  Bytes chunk_;
  std::size_t given_ = 0;  ///< of chunk_
  std::uint64_t total_ = 0;
  bool at_end_ = false;
  Sha256 hash_;
  std::optional<Error> error_;
};

}  // namespace tram::evidence
