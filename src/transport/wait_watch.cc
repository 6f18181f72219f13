#include "transport/wait_watch.h"

namespace tram::transport {

// In one order with look(): either that sees the wait, or this sees the flag down.
void WaitWatch::begin() {
  if (!armed_ && !armed_.exchange(true)) arm(subject_.limit);
}

void WaitWatch::arm(Duration delay) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  timer_ = timers_.after(delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->look();
  });
}

// What begins to wait after the flag is down sets a timer itself.
void WaitWatch::look() {
  armed_ = false;
  const auto since = subject_.since();
  if (!since) return;
  const auto age = std::chrono::duration_cast<Duration>(clock_.steady_now() - *since);
  if (age >= subject_.limit) return subject_.late(age);
  if (!armed_.exchange(true)) arm(subject_.limit - age);
}

void WaitWatch::stop() {
  std::unique_ptr<TimerHandle> last;  // destroyed outside the lock
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  last = std::move(timer_);
}

}  // namespace tram::transport
