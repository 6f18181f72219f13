// Files with errors as values. POSIX semantics: fdatasync() makes a file's bytes durable, fsync() of its
// folder its name.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "store/content/disk.h"

namespace tram::store {

/// What errno says, in words, the path in `place` alone: RESOURCE_EXHAUSTED, DISK_FULL for a full disk, an
/// exhausted quota or a file size limit; else INTERNAL, CONTENT_IO. `doing` goes before the path.
[[nodiscard]] Error io_error(int error_number, const std::string& doing, const std::string& path);

/// An open file. Threads: const methods any; the caller orders writes that overlap.
class File {
 public:
  enum class Mode { read, write, create_new };
  /// As open(2); `write` creates the file if it is not there, `create_new` must. `disk` must outlive it.
  [[nodiscard]] static Result<File> open(Disk& disk, const std::string& path, Mode mode);
  ~File();
  File(File&& other) noexcept
      : disk_(other.disk_),
        path_(std::move(other.path_)),
        descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&&) = delete;

  /// All of `bytes`, or an error and an unknown part of them.
  [[nodiscard]] Result<void> write_at(std::uint64_t offset, BytesView bytes) const;
  /// `length` bytes, fewer only at the file's end.
  [[nodiscard]] Result<Bytes> read_at(std::uint64_t offset, std::size_t length) const;
  [[nodiscard]] Result<void> sync() const;
  /// See Disk::start_writing().
  void start_writing(std::uint64_t offset, std::uint64_t length) const;
  [[nodiscard]] Result<std::uint64_t> size() const;
  /// Takes room for `bytes` in all, or none; gives what is beyond `bytes` free.
  [[nodiscard]] Result<void> allocate(std::uint64_t bytes) const;
  [[nodiscard]] Result<void> shorten(std::uint64_t bytes) const;
  /// When it was written to, as its owner's clock has it. Best effort.
  void set_changed(Timestamp time) const;

 private:
  File(Disk& disk, std::string path, int descriptor)
      : disk_(disk), path_(std::move(path)), descriptor_(descriptor) {}

  Disk& disk_;
  std::string path_;
  int descriptor_;
};

[[nodiscard]] Result<void> sync_folder(Disk& disk, const std::string& path);

}  // namespace tram::store
