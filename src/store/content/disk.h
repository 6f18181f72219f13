// The system calls by which contents change the disk. A test puts a disk of its own below.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace tram::store {

/// As POSIX has them: -1 and errno after a failure. Threads: any.
class Disk {
 public:
  virtual ~Disk() = default;

  /// The operating system's.
  [[nodiscard]] static Disk& system();

  [[nodiscard]] virtual int open(const char* path, int flags, mode_t mode);
  [[nodiscard]] virtual ssize_t write(int descriptor, const char* bytes, std::size_t size, off_t offset);
  [[nodiscard]] virtual int sync(int descriptor);
  /// Hints that a part of a file is to reach the disk soon: a later sync() has less left to do. Best effort.
  virtual void start_writing(int descriptor, off_t offset, off_t size);
  [[nodiscard]] virtual int rename(const char* from, const char* to);
  [[nodiscard]] virtual int unlink(const char* path);
  /// Makes the names in a folder durable.
  [[nodiscard]] virtual int sync_folder(const char* path);
};

}  // namespace tram::store
