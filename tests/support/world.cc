#include "tests/support/world.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tram::sim {
namespace {

// 2026-11-24T18:20:00Z: any fixed moment.
constexpr Timestamp kBeginning{std::chrono::seconds(1795544400)};

class Handle final : public TimerHandle {
 public:
  Handle(World& world, World::Place place) : world_(world), place_(place) {}
  ~Handle() override { world_.cancel(place_); }

 private:
  World& world_;
  const World::Place place_;
};

}  // namespace

World::~World() {
  while (!waiting_.empty()) waiting_.extract(waiting_.begin());
}

Timestamp World::now() const { return kBeginning + elapsed_; }

World::Place World::schedule(const LifePtr& life, Duration delay, Task task) {
  const Place place{elapsed_ + delay, ++scheduled_};
  if (!life->over()) waiting_.emplace(place, Waiting{life, std::move(task)});
  return place;
}

void World::cancel(const Place& place) { waiting_.extract(place); }

void World::end_life(const LifePtr& life) {
  life->over_ = true;
  std::vector<Waiting> dropped;  // destroyed last: what they hold may look at the world
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const auto here = at++;
    if (here->second.life == life) dropped.push_back(std::move(waiting_.extract(here).mapped()));
  }
}

bool World::step() {
  if (waiting_.empty()) return false;
  auto next = waiting_.extract(waiting_.begin());
  elapsed_ = next.key().first;
  ++steps_;
  next.mapped().task();
  return true;
}

void World::run_for(Duration duration) {
  const Duration end = elapsed_ + duration;
  while (!waiting_.empty() && waiting_.begin()->first.first <= end) step();
  elapsed_ = end;
}

bool World::run_until(const std::function<bool()>& reached, Duration limit) {
  const Duration end = elapsed_ + limit;
  while (!reached()) {
    if (waiting_.empty() || waiting_.begin()->first.first > end) return false;
    step();
  }
  return true;
}

Duration World::random_time(Duration up_to) {
  if (up_to <= Duration::zero()) return Duration::zero();
  return Duration(static_cast<std::int64_t>(random(static_cast<std::uint64_t>(up_to.count()))));
}

void World::remember(std::string_view line) {
  history_ = Sha256::of(history_.bytes(), std::to_string(elapsed_.count()) + " " + std::string(line));
  if (on_line) on_line(elapsed_, line);
}

void SimClock::set_skew(Duration skew) {
  skew_ = skew;
  least_ = std::min(least_, skew);
  most_ = std::max(most_, skew);
}

std::unique_ptr<TimerHandle> SimTimers::after(Duration delay, std::function<void()> task) {
  return std::make_unique<Handle>(world_, world_.schedule(life_, delay, std::move(task)));
}

}  // namespace tram::sim
