#include "store/content/file_content_store.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "store/content/container_files.h"
#include "store/upload_errors.h"
#include "store/upload_name.h"

namespace tram::store {

using exchange::Container;
using exchange::ContentLocation;
using exchange::Upload;
using exchange::UploadState;

namespace {

Result<void> make_folder(Disk& disk, const std::string& path, const std::string& parent) {
  std::error_code why;
  std::filesystem::create_directories(path, why);
  if (why) return io_error(why.value(), "cannot create", path);
  return sync_folder(disk, parent);
}

}  // namespace

Result<std::unique_ptr<FileContentStore>> FileContentStore::open(const std::string& folder,
                                                                 const ContentOptions& options) {
  auto lock = FolderLock::take(folder, "content.lock");
  if (!lock) return lock.error();
  Disk& disk = options.disk == nullptr ? Disk::system() : *options.disk;
  for (const char* name : {"/segments", "/uploads"}) {
    if (const auto made = make_folder(disk, folder + name, folder); !made) return made.error();
  }
  std::unique_ptr<FileContentStore> store(
      new FileContentStore(disk, folder, *std::move(lock), options.open_files));
  auto segments = Segments::open(disk, folder + "/segments", options, store->pins_);
  if (!segments) return segments.error();
  store->segments_ = *std::move(segments);
  auto uploads = Uploads::open(disk, folder + "/uploads", options, store->pins_);
  if (!uploads) return uploads.error();
  store->uploads_ = *std::move(uploads);
  return store;
}

Result<void> FileContentStore::count_unused(const std::function<bool(const std::string&)>& is_used) const {
  return uploads_->count_unused(is_used);
}

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

Result<ContentLocation> FileContentStore::hold(const ContentLocation& location) const {
  ContentLocation held = location;
  if (!is_container(held.container)) return content_gone();
  held.pin = pins_.pin(held.container);
  if (!held.pin || ::access(path_of(folder_, held.container).c_str(), F_OK) != 0) return content_gone();
  return held;
}

std::unique_ptr<exchange::ContainerListing> FileContentStore::containers() const {
  return list_containers(folder_, [this](const std::string& name) { return segments_->is_newest(name); });
}

bool FileContentStore::offer(const Container& container) {
  if (container.kind == Container::Kind::segment && segments_->is_newest(container.name)) return false;
  return pins_.offer(container.name);
}

Result<bool> FileContentStore::remove(const Container& container) {
  if (!pins_.begin_removal(container.name)) return false;
  const bool upload = container.kind != Container::Kind::segment;
  Result<bool> gone = false;
  if (!upload || uploads_->lock_out_writers(container.name)) {
    gone = unlink(container);
    if (upload) uploads_->let_in_writers(container.name, gone && *gone);
  }
  pins_.removed(container.name);
  return gone;
}

// Its name need not be gone for good at once: after a crash the file is found again.
Result<bool> FileContentStore::unlink(const Container& container) {
  const auto now = look_at(folder_, container);
  if (!now || now->changed_at != container.changed_at) return false;
  const std::string path = path_of(folder_, container);
  if (disk_.unlink(path.c_str()) != 0) return io_error(errno, "cannot remove", path);
  open_files_.forget(path);
  return true;
}

Result<void> FileContentStore::seal() { return segments_->seal(); }

}  // namespace tram::store
