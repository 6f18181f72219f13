#include "store/content/open_files.h"

namespace tram::store {

Result<std::shared_ptr<const File>> OpenFiles::open(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_path_.find(path); found != by_path_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->file;
  }
  auto file = File::open(disk_, path, File::Mode::read);
  if (!file) return file.error();
  recent_.push_front({path, std::make_shared<const File>(*std::move(file))});
  by_path_[path] = recent_.begin();
  auto opened = recent_.front().file;
  if (recent_.size() > most_) {
    by_path_.erase(recent_.back().path);
    recent_.pop_back();
  }
  return opened;
}

void OpenFiles::forget(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return;
  recent_.erase(found->second);
  by_path_.erase(found);
}

}  // namespace tram::store
