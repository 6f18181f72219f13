#include "store/content/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tram::store {

Error io_error(int error_number, const std::string& doing, const std::string& path) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
  Error error = full ? failure(ErrorCode::resource_exhausted, "DISK_FULL", "the node's data disk is full",
                               "free space on the node's data disk; then send again")
                     : failure(ErrorCode::internal, "CONTENT_IO", "the node's data disk failed",
                               "look at the disk and at the system's log");
  error.place = doing + " " + path + ": " + std::error_code(error_number, std::generic_category()).message();
  return error;
}

Result<File> File::open(Disk& disk, const std::string& path, Mode mode) {
  int flags = O_CLOEXEC;
  if (mode == Mode::read) flags |= O_RDONLY;
  if (mode == Mode::write) flags |= O_RDWR | O_CREAT;
  if (mode == Mode::create_new) flags |= O_RDWR | O_CREAT | O_EXCL;
  const int descriptor = disk.open(path.c_str(), flags, 0600);
  if (descriptor < 0) return io_error(errno, "cannot open", path);
  return File(disk, path, descriptor);
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> File::write_at(std::uint64_t offset, BytesView bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = disk_.write(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return io_error(written < 0 ? errno : ENOSPC, "cannot write", path_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<Bytes> File::read_at(std::uint64_t offset, std::size_t length) const {
  Bytes out(length, '\0');
  std::size_t have = 0;
  while (have < length) {
    const ssize_t got =
        ::pread(descriptor_, out.data() + have, length - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(errno, "cannot read", path_);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Result<void> File::sync() const {
  if (disk_.sync(descriptor_) != 0) return io_error(errno, "cannot sync", path_);
  return {};
}

void File::start_writing(std::uint64_t offset, std::uint64_t length) const {
  disk_.start_writing(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length));
}

Result<std::uint64_t> File::size() const {
  struct stat found {};
  if (::fstat(descriptor_, &found) != 0) return io_error(errno, "cannot look at", path_);
  return static_cast<std::uint64_t>(found.st_size);
}

Result<void> File::allocate(std::uint64_t bytes) const {
  const int why = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes));
  if (why != 0) return io_error(why, "cannot take room for", path_);
  return {};
}

Result<void> File::shorten(std::uint64_t bytes) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0)
    return io_error(errno, "cannot shorten", path_);
  return {};
}

void File::set_changed(Timestamp time) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  timespec at{};
  at.tv_sec = seconds.time_since_epoch().count();
  at.tv_nsec = std::chrono::nanoseconds(time - seconds).count();
  const timespec times[] = {at, at};
  static_cast<void>(::futimens(descriptor_, times));
}

Result<void> sync_folder(Disk& disk, const std::string& path) {
  if (disk.sync_folder(path.c_str()) != 0) return io_error(errno, "cannot sync", path);
  return {};
}

}  // namespace tram::store
