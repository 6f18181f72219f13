// The world of a simulation: one thread, virtual time, and an order of events that a seed decides.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/executor.h"
#include "base/sha256.h"

namespace tram::sim {

/// The life of one process: a task of a life that has ended never runs. Compared by identity.
class Life {
 public:
  [[nodiscard]] bool over() const { return over_; }

 private:
  friend class World;
  bool over_ = false;
};
using LifePtr = std::shared_ptr<Life>;

/// A queue of tasks by virtual time. Tasks of one moment run in the order in which they were scheduled.
/// Threads: one.
class World final : public Clock {
 public:
  using Task = std::function<void()>;
  /// When a task runs, and its number.
  using Place = std::pair<Duration, std::uint64_t>;

  /// Posted tasks wait up to `jitter`, by the seed: zero keeps them in order.
  explicit World(std::uint64_t seed, Duration jitter = {}) : random_(seed), jitter_(jitter) {}
  ~World() override;

  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime(elapsed_); }
  [[nodiscard]] Duration elapsed() const { return elapsed_; }
  [[nodiscard]] Duration jitter() const { return jitter_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

  Place schedule(const LifePtr& life, Duration delay, Task task);
  void cancel(const Place& place);
  [[nodiscard]] LifePtr begin_life() { return std::make_shared<Life>(); }
  /// As kill -9: what waits of this life is dropped, what it schedules from now on too.
  void end_life(const LifePtr& life);

  /// Runs the next task; false if nothing waits.
  bool step();
  void run_for(Duration duration);
  /// True as soon as `reached`; false if it was not within `limit`.
  [[nodiscard]] bool run_until(const std::function<bool()>& reached, Duration limit);

  /// A number below `bound`, by the seed.
  [[nodiscard]] std::uint64_t random(std::uint64_t bound) { return random_() % bound; }
  [[nodiscard]] bool chance(std::uint64_t in_thousand) {
    return in_thousand > 0 && random(1000) < in_thousand;
  }
  [[nodiscard]] Duration random_time(Duration up_to);

  /// What happened, line by line, in one hash: equal seeds give equal hashes.
  void remember(std::string_view line);
  [[nodiscard]] Digest history() const { return history_; }
  /// Hears each line, for people to read.
  std::function<void(Duration elapsed, std::string_view line)> on_line;

 private:
  struct Waiting {
    LifePtr life;
    Task task;
  };

  std::mt19937_64 random_;
  const Duration jitter_;
  Duration elapsed_{0};
  std::uint64_t scheduled_ = 0;
  std::uint64_t steps_ = 0;
  std::map<Place, Waiting> waiting_;
  Digest history_;
};

/// The clock of one node: the world's, but for what it jumped.
class SimClock final : public Clock {
 public:
  explicit SimClock(const World& world) : world_(world) {}
  [[nodiscard]] Timestamp now() const override { return world_.now() + skew_; }
  [[nodiscard]] SteadyTime steady_now() const override { return world_.steady_now(); }
  [[nodiscard]] Duration skew() const { return skew_; }
  void set_skew(Duration skew);
  /// How far it ever jumped: between its most and its least skew.
  [[nodiscard]] Duration jumped() const { return most_ - least_; }

 private:
  const World& world_;
  Duration skew_{0};
  Duration least_{0};
  Duration most_{0};
};

/// The executor of one life.
class SimExecutor final : public Executor {
 public:
  SimExecutor(World& world, LifePtr life) : world_(world), life_(std::move(life)) {}
  void post(std::function<void()> task) override {
    world_.schedule(life_, world_.random_time(world_.jitter()), std::move(task));
  }

 private:
  World& world_;
  const LifePtr life_;
};

/// The timers of one life.
class SimTimers final : public Timers {
 public:
  SimTimers(World& world, LifePtr life) : world_(world), life_(std::move(life)) {}
  [[nodiscard]] std::unique_ptr<TimerHandle> after(Duration delay, std::function<void()> task) override;

 private:
  World& world_;
  const LifePtr life_;
};

}  // namespace tram::sim
