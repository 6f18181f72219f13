#include "tests/store/fault_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <new>

namespace tram::store {
namespace {

using Verdict = FailingDisk::Verdict;

constexpr int kJournals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;

// What SQLite allocates for each open file; the default VFS's own file lies behind it.
struct FaultFile {
  sqlite3_file base;
  FailingDisk* disk;  // null: a file that is not looked at
  std::string* path;
  bool is_journal;  // or a WAL
};

FaultFile& ours(sqlite3_file* file) { return *reinterpret_cast<FaultFile*>(file); }
sqlite3_file* below(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(FaultFile));
}

int close(sqlite3_file* file) {
  const int code = below(file)->pMethods->xClose(below(file));
  delete ours(file).path;
  return code;
}

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  return below(file)->pMethods->xRead(below(file), to, size, offset);
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  Verdict verdict{true, static_cast<std::size_t>(size), 0};
  if (FailingDisk* disk = ours(file).disk)
    verdict = disk->write(*ours(file).path, static_cast<std::uint64_t>(offset),
                          BytesView(static_cast<const char*>(from), static_cast<std::size_t>(size)));
  if (verdict.apply && verdict.bytes > 0) {
    const int code =
        below(file)->pMethods->xWrite(below(file), from, static_cast<int>(verdict.bytes), offset);
    if (code != SQLITE_OK) return code;
  }
  if (verdict.error == 0) return SQLITE_OK;
  return verdict.error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  Verdict verdict;
  if (FailingDisk* disk = ours(file).disk)
    verdict = disk->truncate(*ours(file).path, static_cast<std::uint64_t>(size));
  const int code = verdict.apply ? below(file)->pMethods->xTruncate(below(file), size) : SQLITE_OK;
  return verdict.error == 0 ? code : SQLITE_IOERR_TRUNCATE;
}

// The default VFS syncs the folder, too, when it syncs a new journal or WAL.
int sync(sqlite3_file* file, int) {
  if (FailingDisk* disk = ours(file).disk) {
    if (disk->sync(*ours(file).path, ours(file).is_journal).error != 0) return SQLITE_IOERR_FSYNC;
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return below(file)->pMethods->xFileSize(below(file), size);
}
int lock(sqlite3_file* file, int level) { return below(file)->pMethods->xLock(below(file), level); }
int unlock(sqlite3_file* file, int level) { return below(file)->pMethods->xUnlock(below(file), level); }
int check_reserved(sqlite3_file* file, int* out) {
  return below(file)->pMethods->xCheckReservedLock(below(file), out);
}
int control(sqlite3_file* file, int what, void* argument) {
  return below(file)->pMethods->xFileControl(below(file), what, argument);
}
int sector_size(sqlite3_file* file) { return below(file)->pMethods->xSectorSize(below(file)); }
int characteristics(sqlite3_file* file) { return below(file)->pMethods->xDeviceCharacteristics(below(file)); }
int shared_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return below(file)->pMethods->xShmMap(below(file), region, size, extend, out);
}
int shared_lock(sqlite3_file* file, int offset, int count, int flags) {
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void shared_barrier(sqlite3_file* file) { below(file)->pMethods->xShmBarrier(below(file)); }
int shared_unmap(sqlite3_file* file, int remove) {
  return below(file)->pMethods->xShmUnmap(below(file), remove);
}

const sqlite3_io_methods kMethods = {2,
                                     close,
                                     read,
                                     write,
                                     truncate,
                                     sync,
                                     file_size,
                                     lock,
                                     unlock,
                                     check_reserved,
                                     control,
                                     sector_size,
                                     characteristics,
                                     shared_map,
                                     shared_lock,
                                     shared_barrier,
                                     shared_unmap,
                                     nullptr,
                                     nullptr};

}  // namespace

struct FaultVfs::Registration {
  explicit Registration(FailingDisk* on) : disk(on) {
    static std::atomic<int> count = 0;
    name = "fault-" + std::to_string(++count);
    vfs = *base;
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + base->szOsFile;
    vfs.zName = name.c_str();
    vfs.pAppData = this;
    vfs.xOpen = open;
    vfs.xDelete = remove;
    sqlite3_vfs_register(&vfs, 0);
  }
  ~Registration() { sqlite3_vfs_unregister(&vfs); }

  static Registration& of(sqlite3_vfs* vfs) { return *static_cast<Registration*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    Registration& self = of(vfs);
    file->pMethods = nullptr;
    const bool looked_at = path != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | kJournals)) != 0;
    FailingDisk* disk = looked_at ? self.disk : nullptr;
    if (disk != nullptr && disk->create(path).error != 0) return SQLITE_CANTOPEN;
    const int code = self.base->xOpen(self.base, path, below(file), flags, out_flags);
    if (code != SQLITE_OK) return code;
    ours(file).disk = disk;
    ours(file).is_journal = (flags & kJournals) != 0;
    ours(file).path = new std::string(path == nullptr ? "" : path);
    file->pMethods = &kMethods;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int durably) {
    Registration& self = of(vfs);
    Verdict verdict;
    if (self.disk != nullptr) verdict = self.disk->remove(path, durably != 0);
    const int code = verdict.apply ? self.base->xDelete(self.base, path, 0) : SQLITE_OK;
    return verdict.error == 0 ? code : SQLITE_IOERR_DELETE;
  }

  FailingDisk* const disk;
  sqlite3_vfs* const base = sqlite3_vfs_find(nullptr);
  std::string name;
  sqlite3_vfs vfs{};
};

FaultVfs::FaultVfs(FailingDisk* disk) : registration_(std::make_unique<Registration>(disk)) {}

FaultVfs::~FaultVfs() = default;

const std::string& FaultVfs::name() const { return registration_->name; }

}  // namespace tram::store
