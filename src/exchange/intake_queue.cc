#include "exchange/intake_queue.h"

#include <algorithm>
#include <utility>

namespace tram::exchange {
namespace {

constexpr std::uint32_t kLowestShare = 8;

}  // namespace

void IntakeQueue::push(int priority, const AgencyCode& sender, Task task) {
  const std::lock_guard lock(mutex_);
  Class& of = classes_[static_cast<std::size_t>(std::clamp(priority, 0, kClasses - 1))];
  std::deque<Task>& line = of.waiting[sender];
  if (line.empty()) of.turns.push_back(sender);
  line.push_back(std::move(task));
}

IntakeQueue::Task IntakeQueue::pop() {
  const std::lock_guard lock(mutex_);
  Class& of = next_class();
  const AgencyCode sender = of.turns.front();
  of.turns.pop_front();
  const auto line = of.waiting.find(sender);
  Task task = std::move(line->second.front());
  line->second.pop_front();
  if (line->second.empty()) {
    of.waiting.erase(line);
  } else {
    of.turns.push_back(sender);
  }
  return task;
}

IntakeQueue::Class& IntakeQueue::next_class() {
  const auto waits = [](const Class& one) { return !one.turns.empty(); };
  if (++popped_ % kLowestShare == 0) return *std::find_if(classes_.begin(), classes_.end(), waits);
  return *std::find_if(classes_.rbegin(), classes_.rend(), waits);
}

}  // namespace tram::exchange
