#include "store/sqlite/reader_pool.h"

#include "store/sqlite/storage_failed.h"

namespace tram::store {

std::unique_ptr<Database> ReaderPool::connect(const std::string& path, const std::string& vfs) {
  auto database = Database::open(path, vfs);
  if (!database) throw StorageFailed{database.error()};
  database->execute("PRAGMA query_only = 1; PRAGMA cache_size = -4096");
  return std::make_unique<Database>(*std::move(database));
}

std::unique_ptr<Database> ReaderPool::take() {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty() || opened_ < kMostConnections; });
    if (!idle_.empty()) {
      auto database = std::move(idle_.back());
      idle_.pop_back();
      return database;
    }
    ++opened_;
  }
  try {
    return connect(path_, vfs_);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    --opened_;
    returned_.notify_one();
    throw;
  }
}

void ReaderPool::give_back(std::unique_ptr<Database> database) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(database));
  }
  returned_.notify_one();
}

}  // namespace tram::store
