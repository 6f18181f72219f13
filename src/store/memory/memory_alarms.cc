#include "store/memory/memory_alarms.h"

#include <algorithm>
#include <utility>

namespace tram::store {

using namespace exchange;

void MemoryAlarmRows::put(const Alarm& alarm) {
  undo_.put(tables_.alarms, {alarm.kind, alarm.subject}, alarm);
}

void MemoryAlarmRows::erase(AlarmKind kind, const std::string& subject) {
  undo_.erase(tables_.alarms, {kind, subject});
}

void MemoryAlarmRows::put_deadline(MessageRow message, Timestamp at) {
  undo_.put(tables_.deadlines, message, at);
}

void MemoryAlarmRows::erase_deadline(MessageRow message) { undo_.erase(tables_.deadlines, message); }

std::vector<Alarm> MemoryAlarmView::open() const {
  const std::lock_guard lock(disk_.mutex);
  std::vector<Alarm> out;
  out.reserve(disk_.tables.alarms.size());
  for (const auto& [key, alarm] : disk_.tables.alarms) out.push_back(alarm);
  return out;
}

std::vector<Deadline> MemoryAlarmView::deadlines_passed(Timestamp now, const std::optional<Deadline>& after,
                                                        std::size_t limit) const {
  const auto place = [](const Deadline& each) { return std::pair(each.at, each.message); };
  std::vector<Deadline> out;
  {
    const std::lock_guard lock(disk_.mutex);
    for (const auto& [message, at] : disk_.tables.deadlines) {
      if (at <= now && (!after || place({message, at}) > place(*after))) out.push_back({message, at});
    }
  }
  std::sort(out.begin(), out.end(),
            [&](const Deadline& a, const Deadline& b) { return place(a) < place(b); });
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::vector<FullInbox> MemoryAlarmView::not_collected(Timestamp queued_before) const {
  const std::lock_guard lock(disk_.mutex);
  std::map<std::pair<AgencyCode, std::string>, FullInbox> found;
  for (const auto& [row, item] : disk_.tables.inbox) {
    const bool waits = item.state == QueueState::waiting || item.state == QueueState::blocked;
    if (!waits || item.queued_at >= queued_before) continue;
    FullInbox& inbox =
        found.try_emplace({item.agency, item.inbox}, FullInbox{item.agency, item.inbox, item.queued_at, 0})
            .first->second;
    inbox.oldest = std::min(inbox.oldest, item.queued_at);
    ++inbox.overdue;
  }
  std::vector<FullInbox> out;
  out.reserve(found.size());
  for (auto& [key, inbox] : found) out.push_back(std::move(inbox));
  return out;
}

}  // namespace tram::store
