// Files open for reading, a bounded number of them.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "store/content/file.h"

namespace tram::store {

/// Least recently used goes first; a file in use stays open until its user lets go. Threads: any.
class OpenFiles {
 public:
  OpenFiles(Disk& disk, std::size_t most) : disk_(disk), most_(most) {}

  [[nodiscard]] Result<std::shared_ptr<const File>> open(const std::string& path);
  /// Of a file that is gone: its space is free when the last user lets go.
  void forget(const std::string& path);

 private:
  struct Entry {
    std::string path;
    std::shared_ptr<const File> file;
  };

  Disk& disk_;
  const std::size_t most_;
  std::mutex mutex_;
  std::list<Entry> recent_;  // most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_path_;
};

}  // namespace tram::store
