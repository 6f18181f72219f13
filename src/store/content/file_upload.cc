#include "store/content/file_upload.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "store/upload_errors.h"

namespace tram::store {

using exchange::Upload;
using exchange::UploadState;

namespace {

constexpr std::uint64_t kHashChunk = 1 << 20;
constexpr std::uint64_t kWriteBehind = 8 << 20;  // bytes that may wait before the disk begins with them

class FinishedUpload final : public Upload {
 public:
  explicit FinishedUpload(std::uint64_t size) : size_(size) {}
  Result<void> write(BytesView chunk) override { return chunk.empty() ? Result<void>() : upload_too_long(); }
  Result<UploadState> finish() override { return UploadState{size_, true}; }

 private:
  const std::uint64_t size_;
};

}  // namespace

std::unique_ptr<Upload> finished_upload(std::uint64_t size) { return std::make_unique<FinishedUpload>(size); }

Result<std::unique_ptr<Upload>> FileUpload::resume(UploadPlace place, std::uint64_t offset) {
  const bool is_new = ::access(place.part().c_str(), F_OK) != 0;
  auto file = is_new && offset != 0 ? Result<File>(upload_offset_wrong())
                                    : File::open(place.disk, place.part(), File::Mode::write);
  if (!file) {
    place.ledger->end(place.name);
    if (is_new) place.ledger->settle(place.owner, place.name);
    return file.error();
  }
  std::unique_ptr<FileUpload> upload(new FileUpload(std::move(place), *std::move(file)));
  if (is_new) {
    if (const auto synced = sync_folder(upload->place_.disk, upload->place_.folder); !synced) {
      upload->discard();  // else the next resume would take its name for durable
      return synced.error();
    }
  }
  const auto stored = upload->file_.size();
  if (!stored) return stored.error();
  if (*stored != offset) return upload_offset_wrong();
  if (const auto hashed = upload->hash_prefix(offset); !hashed) return hashed.error();
  upload->begun_ = offset;
  return std::unique_ptr<Upload>(std::move(upload));
}

FileUpload::~FileUpload() {
  if (!ended_) {
    file_.set_changed(place_.options.now());
    if (!file_.sync()) discard();  // a later sync would succeed, and not bring back what this one lost
  }
  leave_ledger();
}

// Once: after that the place may be another writer's.
void FileUpload::leave_ledger() {
  if (std::exchange(in_ledger_, false)) place_.ledger->end(place_.name);
}

Result<void> FileUpload::hash_prefix(std::uint64_t length) {
  while (written_ < length) {
    const auto chunk = file_.read_at(written_, std::min(kHashChunk, length - written_));
    if (!chunk) return chunk.error();
    if (chunk->empty()) return content_gone();
    hash_.update(*chunk);
    written_ += chunk->size();
  }
  return {};
}

Result<void> FileUpload::write(BytesView chunk) {
  if (chunk.size() > place_.size - written_) return upload_too_long();
  if (const auto written = file_.write_at(written_, chunk); !written) return written.error();
  hash_.update(chunk);
  written_ += chunk.size();
  if (written_ - begun_ >= kWriteBehind) {
    file_.start_writing(begun_, written_ - begun_);
    begun_ = written_;
  }
  if (place_.options.on_upload) place_.options.on_upload(chunk.size());
  return {};
}

Result<UploadState> FileUpload::finish() {
  if (const auto synced = file_.sync(); !synced) {
    discard();  // what the file holds is unknown
    return synced.error();
  }
  if (written_ < place_.size) return UploadState{written_, false};
  if (hash_.finish() != place_.sha256) {
    discard();
    return digest_mismatch();
  }
  return complete();
}

Result<UploadState> FileUpload::complete() {
  ended_ = true;
  file_.set_changed(place_.options.now());
  const bool renamed = place_.disk.rename(place_.part().c_str(), place_.complete().c_str()) == 0;
  auto done = renamed ? sync_folder(place_.disk, place_.folder)
                      : Result<void>(io_error(errno, "cannot rename", place_.part()));
  if (done) {
    leave_ledger();  // until here nobody else takes it for complete
    return UploadState{place_.size, true};
  }
  // Nobody may refer to a name that a power cut takes away. A rename that failed may have happened.
  static_cast<void>(place_.disk.unlink(place_.complete().c_str()));
  discard();
  return done.error();
}

void FileUpload::discard() {
  ended_ = true;
  static_cast<void>(place_.disk.unlink(place_.part().c_str()));
  place_.ledger->settle(place_.owner, place_.name);
}

}  // namespace tram::store
