#include "store/content/file_content_store.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "store/upload_errors.h"
#include "store/upload_name.h"

namespace tram::store {

using exchange::ContentLocation;
using exchange::Upload;
using exchange::UploadState;

namespace {

Result<void> make_folder(const std::string& path, const std::string& parent) {
  std::error_code why;
  std::filesystem::create_directories(path, why);
  if (why) return io_error(why.value(), "cannot create", path);
  return sync_folder(parent);
}

// A location comes from our own tables, and still names no other file than ours.
bool is_container(const std::string& name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; });
}

std::string path_of(const std::string& folder, const std::string& container) {
  if (container.starts_with("u-")) return folder + "/uploads/" + container + ".bin";
  return folder + "/segments/" + container;
}

}  // namespace

Result<std::unique_ptr<FileContentStore>> FileContentStore::open(const std::string& folder,
                                                                 const ContentOptions& options) {
  auto lock = FolderLock::take(folder, "content.lock");
  if (!lock) return lock.error();
  for (const char* name : {"/segments", "/uploads"}) {
    if (const auto made = make_folder(folder + name, folder); !made) return made.error();
  }
  auto segments = Segments::open(folder + "/segments", options.segment_bytes);
  if (!segments) return segments.error();
  auto uploads = Uploads::open(folder + "/uploads", options.upload_quota);
  if (!uploads) return uploads.error();
  return std::unique_ptr<FileContentStore>(new FileContentStore(
      folder, *std::move(lock), *std::move(segments), *std::move(uploads), options.open_files));
}

FileContentStore::FileContentStore(std::string folder, FolderLock lock, std::unique_ptr<Segments> segments,
                                   std::unique_ptr<Uploads> uploads, std::size_t open_files)
    : folder_(std::move(folder)),
      lock_(std::move(lock)),
      segments_(std::move(segments)),
      uploads_(std::move(uploads)),
      open_files_(open_files) {}

Result<ContentLocation> FileContentStore::append(BytesView bytes) { return segments_->append(bytes); }

Result<void> FileContentStore::flush() { return segments_->flush(); }

Result<UploadState> FileContentStore::upload_state(const std::string& owner, const Digest& sha256,
                                                   std::uint64_t size) {
  return uploads_->state(upload_name(owner, sha256, size), size);
}

Result<std::unique_ptr<Upload>> FileContentStore::resume_upload(const std::string& owner,
                                                                const Digest& sha256, std::uint64_t size,
                                                                std::uint64_t offset) {
  return uploads_->resume(owner, sha256, size, offset);
}

Result<ContentLocation> FileContentStore::uploaded(const std::string& owner, const Digest& sha256,
                                                   std::uint64_t size) {
  return uploads_->uploaded(owner, sha256, size);
}

Result<Bytes> FileContentStore::read(const ContentLocation& location, std::uint64_t offset,
                                     std::size_t limit) const {
  if (offset >= location.length) return Bytes();
  if (!is_container(location.container)) return content_gone();
  const std::string path = path_of(folder_, location.container);
  const auto file = open_files_.open(path);
  if (!file) return ::access(path.c_str(), F_OK) == 0 ? file.error() : content_gone();
  const std::uint64_t length = std::min<std::uint64_t>(limit, location.length - offset);
  auto bytes = (*file)->read_at(location.offset + offset, length);
  if (bytes && bytes->size() < length) return content_gone();
  return bytes;
}

}  // namespace tram::store
