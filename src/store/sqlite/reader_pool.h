// A few connections for reading, handed out one user at a time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "store/sqlite/database.h"

namespace tram::store {

/// Threads: any. A thread that wants a connection while all are in use waits: do not take two.
class ReaderPool {
 public:
  static constexpr std::size_t kMostConnections = 4;

  /// `vfs` as Database::open() has it.
  explicit ReaderPool(std::string path, std::string vfs = "")
      : path_(std::move(path)), vfs_(std::move(vfs)) {}

  /// A connection until its end. Sees the states committed when each of its statements begins.
  class Lease {
   public:
    explicit Lease(ReaderPool& pool) : pool_(pool), database_(pool.take()) {}
    ~Lease() { pool_.give_back(std::move(database_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Database& operator*() { return *database_; }

   private:
    ReaderPool& pool_;
    std::unique_ptr<Database> database_;
  };

  /// A new connection outside the pool, for one user alone. Throws StorageFailed.
  [[nodiscard]] static std::unique_ptr<Database> connect(const std::string& path, const std::string& vfs);

 private:
  [[nodiscard]] std::unique_ptr<Database> take();
  void give_back(std::unique_ptr<Database> database);

  const std::string path_;
  const std::string vfs_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Database>> idle_;
  std::size_t opened_ = 0;
};

}  // namespace tram::store
