#include "tramctl/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace tram::client {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadBuffer = 256 * 1024;

Error unreadable(const std::string& path, int number) {
  return failure(ErrorCode::not_found, "FILE_UNREADABLE",
                 path + ": " + std::generic_category().message(number), "check the path and its permissions");
}

}  // namespace

FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}

Error file_unwritable(const std::string& path, int number) {
  return failure(ErrorCode::internal, "FILE_UNWRITABLE",
                 path + ": " + std::generic_category().message(number),
                 "check the folder, its rights and the space left");
}

Result<std::optional<std::string>> read_if_there(const std::string& path) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<std::string>();
  if (!file) return unreadable(path, errno);
  std::string out;
  for (std::string buffer(kReadBuffer, '\0');;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, errno);
    if (got == 0) return std::optional(std::move(out));
    out.append(buffer, 0, static_cast<std::size_t>(got));
  }
}

Result<void> write_all(int fd, BytesView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return file_unwritable(path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> write_durably(const std::string& path, BytesView bytes, const std::string& temporary) {
  {
    const FileHandle file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return file_unwritable(temporary, errno);
    if (auto done = write_all(file.get(), bytes, temporary); !done) return done;
    if (::fsync(file.get()) != 0) return file_unwritable(temporary, errno);
  }
  return move_file(temporary, path);
}

Result<void> sync_folder(const std::string& path) {
  const FileHandle folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return file_unwritable(path, errno);
  return {};
}

Result<void> make_folders(const std::string& base, const std::string& below) {
  std::error_code error;
  fs::create_directories(base, error);
  if (error) return file_unwritable(base, error.value());
  fs::path at = base;
  for (const fs::path& part : fs::path(below)) {
    const fs::path next = at / part;
    if (fs::create_directory(next, error)) {
      fs::permissions(next, fs::perms::owner_all, error);
    } else if (error) {
      return file_unwritable(next.string(), error.value());
    }
    if (auto done = sync_folder(at.string()); !done) return done;
    at = next;
  }
  return {};
}

Result<void> publish_file(const std::string& from, const std::string& to) {
  {
    const FileHandle file(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0) return file_unwritable(from, errno);
  }
  if (auto done = move_file(from, to); !done) return done;
  const std::string folder = fs::path(to).parent_path().string();
  return sync_folder(folder.empty() ? "." : folder);
}

Result<void> move_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return file_unwritable(to, errno);
  return {};
}

}  // namespace tram::client
