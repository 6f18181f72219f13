#include "store/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "store/content/file.h"

namespace tram::store {

Result<FolderLock> FolderLock::take(const std::string& folder, const std::string& file) {
  std::error_code why;
  std::filesystem::create_directories(folder, why);
  const std::string path = folder + "/" + file;
  const int descriptor = why ? -1 : ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return failure(ErrorCode::internal, "FOLDER_UNUSABLE",
                   "cannot use the folder " + folder + ": " +
                       (why ? why : std::error_code(errno, std::generic_category())).message(),
                   "create it and let the node's user write there");
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return failure(ErrorCode::failed_precondition, "FOLDER_IN_USE",
                   "another process uses the folder " + folder,
                   "stop it first, or give this node its own folder");
  }
  FolderLock lock(descriptor);
  const auto parent = std::filesystem::absolute(folder).parent_path().string();
  if (const auto synced = sync_folder(Disk::system(), parent); !synced) return synced.error();
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace tram::store
