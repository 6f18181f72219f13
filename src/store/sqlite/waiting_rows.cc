#include "store/sqlite/waiting_rows.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "store/queue_name.h"
#include "store/row_number.h"
#include "store/sqlite/packing.h"
#include "store/sqlite/rows.h"

namespace tram::store {

using namespace exchange;

namespace {

constexpr std::int64_t kNothingWaits = std::numeric_limits<std::int64_t>::max();

}  // namespace

void WaitingRows::restore() {
  {
    Query query = database_->query(
        "SELECT q.link, q.priority, coalesce(m.sender, ''), min(q.turn), max(q.turn) FROM outgoing q "
        "LEFT JOIN message m ON m.row = q.message GROUP BY 1, 2, 3");
    while (query.next())
      turns_.restore(outgoing_queue(query.bytes(0)), query.as<int>(1), stored_agency(query.bytes(2)),
                     query.integer(3), query.integer(4));
  }
  Query query = database_->query(
      "SELECT q.agency, q.inbox, q.priority, m.sender, min(q.turn), max(q.turn) FROM inbox q "
      "JOIN message m ON m.row = q.message GROUP BY 1, 2, 3, 4");
  while (query.next())
    turns_.restore(inbox_queue(stored_agency(query.bytes(0)), query.bytes(1)), query.as<int>(2),
                   stored_agency(query.bytes(3)), query.integer(4), query.integer(5));
}

template <class Item, class Begin, class Read>
std::vector<Item> WaitingRows::claim(const std::string& name, const Classes& among, const std::string& owner,
                                     std::size_t limit, Begin begin, Read read) {
  std::array<std::vector<Item>, kClasses> claimed;
  Queue& queue = queues_[name];
  const auto take = [&](int priority, std::size_t most) -> std::size_t {
    const auto of_class = static_cast<std::size_t>(priority);
    Position& position = queue.claimed_up_to[of_class];
    if (position.turn == kNothingWaits || most == 0) return 0;
    std::size_t got = 0;
    Query query = begin(priority, position.turn, position.row);
    while (got < most) {
      if (!query.next()) {
        position = {kNothingWaits, 0};
        break;
      }
      const auto row = query.template as<QueueRow>(0);
      position = {query.integer(1), number(row)};
      if (!claims_.claim(row, owner)) continue;
      turns_.reached(name, priority, position.turn);
      places_.insert_or_assign(row, Place{name, priority, position.turn});
      claimed[of_class].push_back(read(query));
      ++got;
    }
    return got;
  };
  claim_in_shares(among, queue.served, limit, take);
  std::vector<Item> items;
  for (auto it = claimed.rbegin(); it != claimed.rend(); ++it)
    std::move(it->begin(), it->end(), std::back_inserter(items));
  return items;
}

std::vector<OutgoingItem> WaitingRows::claim_outgoing(const std::string& link, const Classes& among,
                                                      const std::string& owner, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  const auto begin = [&](int priority, std::int64_t turn, std::int64_t row) {
    return database_->query(
        "SELECT row, turn, row, link, priority, message, state, attempts, queued_at, reason, recipients, "
        "bundle, retry FROM outgoing WHERE state = 1 AND link = ? AND priority = ? AND (turn, row) > (?, ?) "
        "ORDER BY turn, row",
        link, priority, turn, row);
  };
  return claim<OutgoingItem>(outgoing_queue(link), among, owner, limit, begin,
                             [](const Query& query) { return read_outgoing(query, 2); });
}

std::vector<InboxItem> WaitingRows::claim_inbox(const AgencyCode& agency, const std::string& inbox,
                                                const std::string& owner, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  const auto begin = [&](int priority, std::int64_t turn, std::int64_t row) {
    return database_->query(
        "SELECT row, turn, row, message, agency, inbox, priority, state, queued_at FROM inbox "
        "WHERE state = 1 AND agency = ? AND inbox = ? AND priority = ? AND (turn, row) > (?, ?) "
        "ORDER BY turn, row",
        agency.text(), inbox, priority, turn, row);
  };
  return claim<InboxItem>(inbox_queue(agency, inbox), {}, owner, limit, begin,
                          [](const Query& query) { return read_inbox(query, 2); });
}

void WaitingRows::release(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  for (const QueueRow row : claims_.release(owner)) {
    const auto place = places_.extract(row);
    if (!place.empty()) move_back(place.mapped(), row);
  }
}

bool WaitingRows::withhold(const NowWaiting& each) {
  const std::lock_guard lock(mutex_);
  if (!claims_.withhold(each.row)) return false;
  places_.insert_or_assign(each.row, Place{each.queue, each.priority, each.turn});
  return true;
}

void WaitingRows::move_back(const Place& place, QueueRow row) {
  const auto found = queues_.find(place.queue);
  if (found == queues_.end()) return;
  Position& position = found->second.claimed_up_to[static_cast<std::size_t>(place.priority)];
  position = std::min(position, {place.turn, number(row) - 1});
}

void WaitingRows::committed(const Batch& batch) {
  if (batch.waiting.empty() && batch.unclaimed.empty() && batch.removed.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const NowWaiting& each : batch.waiting) {
    const Place place{each.queue, each.priority, each.turn};
    move_back(place, each.row);
    // It was raised while it was claimed: its claim's end leads to its new place.
    if (const auto claimed = places_.find(each.row); claimed != places_.end()) claimed->second = place;
  }
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
