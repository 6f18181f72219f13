#include "exchange/housekeeper.h"

#include <algorithm>
#include <utility>

namespace tram::exchange {
namespace {

constexpr Duration kShortestPause = std::chrono::milliseconds(5);
constexpr Duration kLongestPause = std::chrono::seconds(2);
constexpr int kPauses = 2;  // times a step's own time: a third of the store's time at most

}  // namespace

Housekeeper::Housekeeper(const Settings& settings, const Services& services, const DiskGuard& disk,
                         const ClockTrust& clocks)
    : settings_(settings), services_(services), clocks_(clocks) {
  chores_.push_back(content_pruning(settings, services));
  chores_.push_back(record_pruning(settings, services));
  chores_.push_back(checkpoint_thinning(settings, services));
  chores_.push_back(certificate_pruning(services));
  if (services.collector != nullptr) chores_.push_back(content_collection(settings, services, disk));
  chores_.push_back(space_return(services));
}

Housekeeper::~Housekeeper() = default;

void Housekeeper::start() {
  if (settings_.retention.interval <= Duration::zero()) return;
  clock_watch_ = std::make_unique<ClockWatch>(services_.clock, settings_.clock_tolerance,
                                              settings_.retention.clock_settling,
                                              services_.messages.retention().newest());
  rest();
}

void Housekeeper::rest() { after(settings_.retention.interval, &Housekeeper::begin_pass, true); }

void Housekeeper::hurry() {
  {
    const std::lock_guard lock(mutex_);
    if (!resting_) return;
  }
  after(Duration::zero(), &Housekeeper::begin_pass, true);
}

void Housekeeper::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  timer_.reset();
}

void Housekeeper::after(Duration delay, Task task, bool resting) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  resting_ = resting;
  timer_ = services_.timers.after(
      delay, [this, task] { services_.workers.post([this, task] { (this->*task)(); }); });
}

// What can be relied on.
Result<Timestamp> Housekeeper::now() {
  auto now = clock_watch_->now();
  if (const auto doubt = clocks_.doubt()) return *doubt;
  return now;
}

void Housekeeper::begin_pass() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(resting_, false)) return;  // hurried, and the timer had fired already
  }
  const auto now = this->now();
  if (!now) {
    const std::string why = now.error().text();
    if (why != told_) services_.observer.note("nothing is pruned", why);
    told_ = why;
    return rest();
  }
  told_.clear();
  for (const auto& chore : chores_) chore->begin(*now);
  chore_ = 0;
  step();
}

void Housekeeper::step() {
  const SteadyTime began = services_.clock.steady_now();
  chores_[chore_]->step([this, began](const Result<bool>& more) { stepped(began, more); });
}

void Housekeeper::stepped(SteadyTime began, const Result<bool>& more) {
  if (!more) services_.observer.note("housekeeping failed", more.error().text_for_log());
  if (!more || !*more) ++chore_;
  if (chore_ == chores_.size()) return end_pass();
  const Duration took = services_.clock.steady_now() - began;
  after(std::clamp(kPauses * took, kShortestPause, kLongestPause), &Housekeeper::step);
}

void Housekeeper::end_pass() {
  std::string done;
  for (const auto& chore : chores_) {
    if (const std::string summary = chore->summary(); !summary.empty())
      done += (done.empty() ? "" : "; ") + summary;
  }
  if (!done.empty()) services_.observer.note("pruned", done);
  rest();
}

}  // namespace tram::exchange
