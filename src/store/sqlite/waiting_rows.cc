#include "store/sqlite/waiting_rows.h"

#include <algorithm>
#include <limits>

#include "store/queue_name.h"
#include "store/row_number.h"
#include "store/sqlite/rows.h"

namespace tram::store {

using namespace exchange;

namespace {

constexpr std::int64_t kNothingWaits = std::numeric_limits<std::int64_t>::max();

}  // namespace

template <class Item, class Begin, class Read>
std::vector<Item> WaitingRows::claim(const std::string& queue, const std::string& owner, std::size_t limit,
                                     Begin begin, Read read) {
  std::vector<Item> items;
  Positions& positions = positions_[queue];
  for (int priority = kClasses - 1; priority >= 0 && items.size() < limit; --priority) {
    std::int64_t& position = positions[static_cast<std::size_t>(priority)];
    if (position == kNothingWaits) continue;
    Query query = begin(priority, position);
    while (items.size() < limit) {
      if (!query.next()) {
        position = kNothingWaits;
        break;
      }
      const auto row = query.template as<QueueRow>(0);
      position = number(row);
      if (!claims_.claim(row, owner)) continue;
      places_.insert_or_assign(row, Place{queue, priority});
      items.push_back(read(query));
    }
  }
  return items;
}

std::vector<OutgoingItem> WaitingRows::claim_outgoing(const std::string& link, const std::string& owner,
                                                      std::size_t limit) {
  const std::lock_guard lock(mutex_);
  const auto begin = [&](int priority, std::int64_t position) {
    return database_->query(
        "SELECT row, link, priority, message, state, attempts, queued_at, reason, recipients, bundle "
        "FROM outgoing WHERE state = 1 AND link = ? AND priority = ? AND row > ? ORDER BY row",
        link, priority, position);
  };
  return claim<OutgoingItem>(outgoing_queue(link), owner, limit, begin,
                             [](const Query& query) { return read_outgoing(query); });
}

std::vector<InboxItem> WaitingRows::claim_inbox(const AgencyCode& agency, const std::string& inbox,
                                                const std::string& owner, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  const auto begin = [&](int priority, std::int64_t position) {
    return database_->query(
        "SELECT row, message, agency, inbox, priority, state, queued_at FROM inbox "
        "WHERE state = 1 AND agency = ? AND inbox = ? AND priority = ? AND row > ? ORDER BY row",
        agency.text(), inbox, priority, position);
  };
  return claim<InboxItem>(inbox_queue(agency, inbox), owner, limit, begin,
                          [](const Query& query) { return read_inbox(query); });
}

void WaitingRows::release(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  for (const QueueRow row : claims_.release(owner)) {
    const auto place = places_.extract(row);
    // Its class may have been raised while it was claimed.
    if (!place.empty()) move_back(place.mapped().queue, place.mapped().priority, row);
  }
}

void WaitingRows::move_back(const std::string& queue, int lowest_class, QueueRow row) {
  const auto found = positions_.find(queue);
  if (found == positions_.end()) return;
  for (int priority = lowest_class; priority < kClasses; ++priority) {
    std::int64_t& position = found->second[static_cast<std::size_t>(priority)];
    position = std::min(position, number(row) - 1);
  }
}

void WaitingRows::committed(const Batch& batch) {
  if (batch.waiting.empty() && batch.unclaimed.empty() && batch.removed.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const NowWaiting& each : batch.waiting) move_back(each.queue, each.priority, each.row);
  for (const QueueRow row : batch.unclaimed) {
    claims_.end(row);
    places_.erase(row);
  }
  for (const QueueRow row : batch.removed) {
    claims_.forget(row);
    places_.erase(row);
  }
}

}  // namespace tram::store
