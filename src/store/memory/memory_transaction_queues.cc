// The queues of a transaction: turns, and items that wait for the message they name.
#include <algorithm>

#include "store/memory/memory_transaction.h"
#include "store/queue_name.h"
#include "store/unit_failed.h"

namespace tram::store {

using namespace exchange;

namespace {

std::string queue_of(const OutgoingItem& item) { return outgoing_queue(item.link); }
std::string queue_of(const InboxItem& item) { return inbox_queue(item.agency, item.inbox); }

}  // namespace

QueueRow MemoryTransaction::next_queue_row() {
  undo_.assign(tables_.last_queue_row, tables_.last_queue_row + 1);
  return QueueRow(tables_.last_queue_row);
}

void MemoryTransaction::set_waiting(const WaitingPlace& place, bool waits) {
  if (waits) {
    undo_.put(tables_.waiting, place, true);
  } else {
    undo_.erase(tables_.waiting, place);
  }
}

template <class Item>
WaitingPlace MemoryTransaction::place_of(const Item& item) const {
  return {queue_of(item), -item.priority, tables_.turns.at(item.row), item.row};
}

template <class Item>
std::vector<QueueRow> MemoryTransaction::blockers_of(const std::map<QueueRow, Item>& items,
                                                     const Item& item) const {
  std::vector<QueueRow> rows;
  for (const MessageRow message : item.after) {
    for (auto at = tables_.queued.lower_bound({message, QueueRow(0)});
         at != tables_.queued.end() && at->first.first == message; ++at) {
      const auto other = items.find(at->first.second);
      if (other == items.end() || other->second.state == QueueState::dead) continue;
      if (queue_of(other->second) == queue_of(item)) rows.push_back(other->first);
    }
  }
  return rows;
}

template <class Item>
QueueRow MemoryTransaction::enqueue(std::map<QueueRow, Item>& items, Item item) {
  const auto blockers = blockers_of(items, item);
  item.row = next_queue_row();
  if (!blockers.empty()) item.state = QueueState::blocked;
  for (const QueueRow blocker : blockers) {
    undo_.put(tables_.blocks, {blocker, item.row}, true);
    undo_.put(tables_.blocked_by, {item.row, blocker}, true);
  }
  undo_.put(tables_.turns, item.row, turns_.next(queue_of(item), item.priority, item.sender));
  undo_.put(items, item.row, item);
  set_waiting(place_of(item), item.state == QueueState::waiting);
  return item.row;
}

QueueRow MemoryTransaction::queue_outgoing(const OutgoingItem& item) {
  const QueueRow row = enqueue(tables_.outgoing, item);
  if (item.message) undo_.put(tables_.queued, {*item.message, row}, true);
  return row;
}

std::optional<OutgoingItem> MemoryTransaction::outgoing(QueueRow row) {
  const auto found = tables_.outgoing.find(row);
  if (found == tables_.outgoing.end()) return std::nullopt;
  return found->second;
}

std::vector<OutgoingItem> MemoryTransaction::outgoing_of(MessageRow message) {
  std::vector<OutgoingItem> items;
  for (auto at = tables_.queued.lower_bound({message, QueueRow(0)});
       at != tables_.queued.end() && at->first.first == message; ++at)
    if (at->second) items.push_back(tables_.outgoing.at(at->first.second));
  return items;
}

void MemoryTransaction::set_outgoing_recipients(QueueRow row, const std::vector<AgencyCode>& recipients) {
  auto item = outgoing(row);
  if (!item) return;
  item->recipients = recipients;
  undo_.put(tables_.outgoing, row, *std::move(item));
}

void MemoryTransaction::forget_turn(const WaitingPlace& place) {
  set_waiting(place, false);
  undo_.erase(tables_.turns, place.row);
}

bool MemoryTransaction::remove_outgoing(QueueRow row) {
  const auto item = outgoing(row);
  if (!item) return false;
  forget_turn(place_of(*item));
  if (item->message) undo_.erase(tables_.queued, {*item->message, row});
  undo_.erase(tables_.outgoing, row);
  removed_.push_back(row);
  return unblock_others(row);
}

bool MemoryTransaction::update_outgoing(QueueRow row, QueueState state, std::uint32_t attempts,
                                        const std::string& reason) {
  auto item = outgoing(row);
  if (!item) return false;
  item->state = state;
  item->attempts = attempts;
  item->reason = reason;
  set_waiting(place_of(*item), state == QueueState::waiting);
  if (state != QueueState::waiting) unclaimed_.push_back(row);
  undo_.put(tables_.outgoing, row, *std::move(item));
  return state == QueueState::dead && unblock_others(row);
}

QueueRow MemoryTransaction::queue_inbox(const InboxItem& item) {
  if (tables_.inbox_of.contains({item.message, item.agency}))
    throw UnitFailed{failure(ErrorCode::already_exists, "INBOX_ITEM_EXISTS",
                             "this message waits for this agency already")};
  InboxItem queued = item;
  queued.attempts = 0;
  queued.redelivered = false;
  const QueueRow row = enqueue(tables_.inbox, std::move(queued));
  undo_.put(tables_.inbox_of, {item.message, item.agency}, row);
  undo_.put(tables_.queued, {item.message, row}, false);
  return row;
}

std::optional<InboxItem> MemoryTransaction::inbox_item(MessageRow message, const AgencyCode& agency) {
  return find_inbox_item(tables_, message, agency);
}

bool MemoryTransaction::remove_inbox(QueueRow row) {
  const auto found = tables_.inbox.find(row);
  if (found == tables_.inbox.end()) return false;
  const InboxItem item = found->second;
  forget_turn(place_of(item));
  undo_.erase(tables_.queued, {item.message, row});
  undo_.erase(tables_.inbox_of, {item.message, item.agency});
  undo_.erase(tables_.inbox, row);
  removed_.push_back(row);
  return unblock_others(row);
}

// The row is gone: it blocks nothing any more, and nothing blocks it.
bool MemoryTransaction::unblock_others(QueueRow row) {
  const auto pairs_of = [row](const auto& map) {
    std::vector<QueueRow> others;
    for (auto at = map.lower_bound({row, QueueRow(0)}); at != map.end() && at->first.first == row; ++at)
      others.push_back(at->first.second);
    return others;
  };
  for (const QueueRow blocker : pairs_of(tables_.blocked_by)) {
    undo_.erase(tables_.blocks, {blocker, row});
    undo_.erase(tables_.blocked_by, {row, blocker});
  }
  bool any = false;
  for (const QueueRow other : pairs_of(tables_.blocks)) {
    undo_.erase(tables_.blocks, {row, other});
    undo_.erase(tables_.blocked_by, {other, row});
    const auto still = tables_.blocked_by.lower_bound({other, QueueRow(0)});
    if (still != tables_.blocked_by.end() && still->first.first == other) continue;
    any = wait_from_now_on(tables_.outgoing, other) || wait_from_now_on(tables_.inbox, other) || any;
  }
  return any;
}

template <class Item>
bool MemoryTransaction::wait_from_now_on(std::map<QueueRow, Item>& items, QueueRow row) {
  const auto found = items.find(row);
  if (found == items.end() || found->second.state != QueueState::blocked) return false;
  Item item = found->second;
  item.state = QueueState::waiting;
  set_waiting(place_of(item), true);
  undo_.put(items, row, std::move(item));
  return true;
}

void MemoryTransaction::raise_priority(MessageRow message, int priority) {
  std::vector<QueueRow> rows;
  for (auto at = tables_.queued.lower_bound({message, QueueRow(0)});
       at != tables_.queued.end() && at->first.first == message; ++at)
    rows.push_back(at->first.second);
  for (const QueueRow row : rows) raise_row(row, priority);
}

// With what blocks it, and what blocks that: blockers are older than what they block, so this ends.
void MemoryTransaction::raise_row(QueueRow first, int priority) {
  std::vector<QueueRow> rows{first};
  while (!rows.empty()) {
    const QueueRow row = rows.back();
    rows.pop_back();
    if (!raise(tables_.outgoing, row, priority) && !raise(tables_.inbox, row, priority)) continue;
    for (auto at = tables_.blocked_by.lower_bound({row, QueueRow(0)});
         at != tables_.blocked_by.end() && at->first.first == row; ++at)
      rows.push_back(at->first.second);
  }
}

template <class Item>
bool MemoryTransaction::raise(std::map<QueueRow, Item>& items, QueueRow row, int priority) {
  const auto found = items.find(row);
  if (found == items.end() || found->second.priority >= priority) return false;
  Item item = found->second;
  const bool waits = item.state == QueueState::waiting;
  set_waiting(place_of(item), false);
  item.priority = priority;
  undo_.put(tables_.turns, row, turns_.next(queue_of(item), priority, item.sender));
  set_waiting(place_of(item), waits);
  undo_.put(items, row, std::move(item));
  return true;
}

}  // namespace tram::store
