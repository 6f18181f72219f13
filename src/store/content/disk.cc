#include "store/content/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace tram::store {

Disk& Disk::system() {
  static Disk disk;
  return disk;
}

int Disk::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }

ssize_t Disk::write(int descriptor, const char* bytes, std::size_t size, off_t offset) {
  return ::pwrite(descriptor, bytes, size, offset);
}

int Disk::sync(int descriptor) { return ::fdatasync(descriptor); }

void Disk::start_writing(int descriptor, off_t offset, off_t size) {
  static_cast<void>(::sync_file_range(descriptor, offset, size, SYNC_FILE_RANGE_WRITE));
}

int Disk::rename(const char* from, const char* to) { return std::rename(from, to); }

int Disk::unlink(const char* path) { return ::unlink(path); }

int Disk::sync_folder(const char* path) {
  const int descriptor = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  const int synced = ::fsync(descriptor);
  const int why = errno;
  ::close(descriptor);
  errno = why;
  return synced;
}

}  // namespace tram::store
