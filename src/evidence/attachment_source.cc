#include "evidence/attachment_source.h"

#include <algorithm>
#include <cstring>

namespace tram::evidence {

AttachmentSource::AttachmentSource(std::size_t index, const Attachment& attachment,
                                   const OpenAttachment& open)
    : index_(index), attachment_(attachment), open_(open) {}

zip_source_t* AttachmentSource::attach(zip_t* zip) { return zip_source_function(zip, &command, this); }

zip_int64_t AttachmentSource::command(void* self, void* data, zip_uint64_t length, zip_source_cmd_t what) {
  auto& source = *static_cast<AttachmentSource*>(self);
  switch (what) {
    case ZIP_SOURCE_OPEN:
      return source.open();
    case ZIP_SOURCE_READ:
      return source.read(static_cast<char*>(data), length);
    case ZIP_SOURCE_STAT:
      return source.stat(static_cast<zip_stat_t*>(data));
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_ERROR: {
      zip_error_t error;
      zip_error_init_with_code(&error, ZIP_ER_READ);
      return zip_error_to_data(&error, data, length);
    }
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                            ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
    default:
      return -1;
  }
}

zip_int64_t AttachmentSource::open() {
  auto next = open_(index_);
  if (!next) return fail(next.error()) ? 0 : -1;
  next_ = std::move(*next);
  return 0;
}

zip_int64_t AttachmentSource::read(char* out, std::size_t length) {
  if (given_ == chunk_.size() && !fetch()) return -1;
  const std::size_t count = std::min(length, chunk_.size() - given_);
  std::memcpy(out, chunk_.data() + given_, count);
  given_ += count;
  return static_cast<zip_int64_t>(count);
}

// libzip decides by the size whether the member needs the zip64 form, before it reads.
zip_int64_t AttachmentSource::stat(zip_stat_t* out) const {
  zip_stat_init(out);
  out->size = attachment_.size;
  out->valid = ZIP_STAT_SIZE;
  return 0;
}

bool AttachmentSource::fetch() {
  if (error_) return false;
  chunk_.clear();
  given_ = 0;
  if (at_end_) return true;
  auto chunk = next_();
  if (!chunk) return fail(chunk.error());
  chunk_ = std::move(*chunk);
  hash_.update(chunk_);
  total_ += chunk_.size();
  at_end_ = chunk_.empty();
  if (total_ > attachment_.size || (at_end_ && total_ != attachment_.size)) return fail(mismatch("size"));
  if (at_end_ && hash_.finish() != attachment_.sha256) return fail(mismatch("SHA-256"));
  return true;
}

bool AttachmentSource::fail(Error error) {
  error_ = std::move(error);
  return false;
}

Error AttachmentSource::mismatch(const std::string& what) const {
  Error error = failure(ErrorCode::data_loss, "ATTACHMENT_MISMATCH",
                        "\"" + attachment_.name + "\" has another " + what + " than the header says",
                        "fetch the evidence again; if it stays so, the node's content store is damaged");
  error.field = "attachments[" + std::to_string(index_) + "]";
  return error;
}

}  // namespace tram::evidence
