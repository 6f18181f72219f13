// Who has a container in hands, and which are about to be removed.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tram::store {

/// Makes pinning and removing exclude each other without holding a lock while the disk works. Volatile:
/// nobody has anything in hands after a restart. Pins may outlive it. Threads: any.
class ContainerPins {
 public:
  /// Keeps `container` until the last copy of the answer is gone, and takes an offer back. Null while the
  /// container is being removed.
  [[nodiscard]] std::shared_ptr<const void> pin(const std::string& container);
  /// False while it is pinned.
  [[nodiscard]] bool offer(const std::string& container);
  /// True if the offer stands: from now on nobody can pin it, until removed().
  [[nodiscard]] bool begin_removal(const std::string& container);
  void removed(const std::string& container);

 private:
  struct Entry {
    std::size_t pins = 0;
    bool offered = false;
    bool removing = false;
  };
  struct Table {
    std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;  // of what is pinned, offered or being removed
  };
  class Pin;

  const std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

}  // namespace tram::store
