// Files that are there after a power loss, whole or not at all.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"

namespace tram::client {

/// Owns a file descriptor.
class FileHandle {
 public:
  explicit FileHandle(int fd = -1) : fd_(fd) {}
  ~FileHandle();
  FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// INTERNAL, FILE_UNWRITABLE with the system's word for an errno.
[[nodiscard]] Error file_unwritable(const std::string& path, int number);

/// The whole file; nothing if there is none. NOT_FOUND, FILE_UNREADABLE with the system's word.
[[nodiscard]] Result<std::optional<std::string>> read_if_there(const std::string& path);

/// Errors of all of these: INTERNAL, FILE_UNWRITABLE with the path and the system's word.
[[nodiscard]] Result<void> write_all(int fd, BytesView bytes, const std::string& path);
/// Through a temporary file of the same file system, flushed and renamed. The folder itself is flushed by
/// sync_folder().
[[nodiscard]] Result<void> write_durably(const std::string& path, BytesView bytes,
                                         const std::string& temporary);
[[nodiscard]] Result<void> sync_folder(const std::string& path);
/// `base` and the folders of `below` ("a/b") in it, each durable.
[[nodiscard]] Result<void> make_folders(const std::string& base, const std::string& below);
/// Flushes a file that another writer made, gives it its name, and flushes the folder.
[[nodiscard]] Result<void> publish_file(const std::string& from, const std::string& to);
/// Renames a flushed file; replaces what is there.
[[nodiscard]] Result<void> move_file(const std::string& from, const std::string& to);

}  // namespace tram::client
