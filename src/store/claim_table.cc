#include "store/claim_table.h"

#include <utility>

namespace tram::store {

using exchange::QueueRow;

bool ClaimTable::claim(QueueRow row, const std::string& owner) {
  const std::lock_guard lock(mutex_);
  if (!owner_of_.emplace(row, owner).second) return false;
  rows_of_[owner].insert(row);
  ++attempts_[row];
  return true;
}

bool ClaimTable::withhold(QueueRow row) {
  const std::lock_guard lock(mutex_);
  if (attempts_.contains(row)) return false;
  const auto [place, fresh] = owner_of_.emplace(row, kWithheld);
  if (fresh) rows_of_[kWithheld].insert(row);
  return place->second == kWithheld;  // perhaps by an earlier unit of the batch
}

bool ClaimTable::claimed(QueueRow row) const {
  const std::lock_guard lock(mutex_);
  return owner_of_.contains(row);
}

bool ClaimTable::holds(const std::string& owner, QueueRow row) const {
  const std::lock_guard lock(mutex_);
  const auto found = owner_of_.find(row);
  return found != owner_of_.end() && found->second == owner;
}

std::uint32_t ClaimTable::attempts(QueueRow row) const {
  const std::lock_guard lock(mutex_);
  const auto found = attempts_.find(row);
  return found == attempts_.end() ? 0 : found->second;
}

void ClaimTable::end(QueueRow row) {
  const std::lock_guard lock(mutex_);
  end_locked(row);
}

void ClaimTable::end_locked(QueueRow row) {
  const auto found = owner_of_.find(row);
  if (found == owner_of_.end()) return;
  const auto rows = rows_of_.find(found->second);
  rows->second.erase(row);
  if (rows->second.empty()) rows_of_.erase(rows);
  owner_of_.erase(found);
}

void ClaimTable::forget(QueueRow row) {
  const std::lock_guard lock(mutex_);
  end_locked(row);
  attempts_.erase(row);
}

std::vector<QueueRow> ClaimTable::release(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const auto rows = rows_of_.extract(owner);
  if (rows.empty()) return {};
  for (const QueueRow row : rows.mapped()) owner_of_.erase(row);
  return {rows.mapped().begin(), rows.mapped().end()};
}

}  // namespace tram::store
