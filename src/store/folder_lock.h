// One process a store.
#pragma once

#include <string>

#include "base/error.h"

namespace tram::store {

/// An advisory lock (flock) on a file of the folder, held until destroyed or the process ends. Each store of
/// a folder has its own file.
class FolderLock {
 public:
  /// Creates the folder. FAILED_PRECONDITION, FOLDER_IN_USE if another process, or another lock of this one,
  /// holds it; INTERNAL, FOLDER_UNUSABLE if it cannot be made.
  [[nodiscard]] static Result<FolderLock> take(const std::string& folder, const std::string& file);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace tram::store
