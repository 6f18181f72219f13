#include "base/turn.h"

#include <utility>
#include <vector>

namespace tram {
namespace {

std::vector<std::function<void()>>& put_off() {
  thread_local std::vector<std::function<void()>> tasks;
  return tasks;
}

}  // namespace

int& Turn::depth() {
  thread_local int depth = 0;
  return depth;
}

// Still inside the turn while the tasks run: what they put off comes after them.
Turn::~Turn() {
  auto& tasks = put_off();
  if (depth() == 1) {
    for (std::size_t i = 0; i < tasks.size(); ++i) std::exchange(tasks[i], nullptr)();
    tasks.clear();
  }
  --depth();
}

void Turn::at_end(std::function<void()> task) {
  if (depth() == 0) return task();
  put_off().push_back(std::move(task));
}

}  // namespace tram
