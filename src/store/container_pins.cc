#include "store/container_pins.h"

#include <utility>

namespace tram::store {

class ContainerPins::Pin {
 public:
  Pin(std::shared_ptr<Table> table, std::string container)
      : table_(std::move(table)), container_(std::move(container)) {}
  ~Pin() {
    const std::lock_guard lock(table_->mutex);
    const auto entry = table_->entries.find(container_);
    if (--entry->second.pins == 0) table_->entries.erase(entry);
  }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

 private:
  const std::shared_ptr<Table> table_;
  const std::string container_;
};

std::shared_ptr<const void> ContainerPins::pin(const std::string& container) {
  const std::lock_guard lock(table_->mutex);
  Entry& entry = table_->entries[container];
  if (entry.removing) return nullptr;
  auto pin = std::make_shared<const Pin>(table_, container);
  entry.offered = false;
  ++entry.pins;
  return pin;
}

bool ContainerPins::offer(const std::string& container) {
  const std::lock_guard lock(table_->mutex);
  Entry& entry = table_->entries[container];
  if (entry.pins > 0 || entry.removing) return false;
  entry.offered = true;
  return true;
}

bool ContainerPins::begin_removal(const std::string& container) {
  const std::lock_guard lock(table_->mutex);
  const auto entry = table_->entries.find(container);
  if (entry == table_->entries.end() || !entry->second.offered) return false;
  entry->second.offered = false;
  entry->second.removing = true;
  return true;
}

void ContainerPins::removed(const std::string& container) {
  const std::lock_guard lock(table_->mutex);
  table_->entries.erase(container);
}

}  // namespace tram::store
