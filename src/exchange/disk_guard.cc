#include "exchange/disk_guard.h"

#include <algorithm>

namespace tram::exchange {
namespace {

// Somebody must make room first.
constexpr std::chrono::seconds kRetryAfter(30);

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

void DiskGuard::start(std::function<void()> when_low) {
  if (services_.disk == nullptr) return;
  when_low_ = std::move(when_low);
  {
    const std::lock_guard lock(mutex_);
    stopped_ = false;
  }
  look();  // before the first submission
}

void DiskGuard::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  timer_.reset();
}

Result<void> DiskGuard::admit() const {
  if (!low_) return {};
  Error error = failure(ErrorCode::resource_exhausted, "DISK_LOW",
                        "the node's data disk is nearly full; nothing was stored",
                        "send the same again later; the node's operator must make room");
  error.retry_after = kRetryAfter;
  return error;
}

std::optional<std::string> DiskGuard::low_since() const {
  const std::lock_guard lock(mutex_);
  return low_ ? std::optional(state_) : std::nullopt;
}

void DiskGuard::schedule() {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  timer_ =
      services_.timers.after(settings_.disk.look, [this] { services_.workers.post([this] { look(); }); });
}

void DiskGuard::look() {
  const auto room = services_.disk->room();
  if (room) {
    judge(*room);
  } else if (!unreadable_) {
    services_.observer.note("disk cannot be looked at", room.error().text_for_log());
  }
  unreadable_ = !room;
  schedule();
}

// A small disk is not low all the time.
std::uint64_t DiskGuard::low(const DiskRoom& room) const {
  return std::min(settings_.disk.low, room.total / 20);
}

void DiskGuard::judge(const DiskRoom& room) {
  DiskSpace& disk = *services_.disk;
  const std::uint64_t low = this->low(room);
  if (room.free < disk.reserve() && disk.holds_reserve()) {
    disk.release_reserve();
    tell("disk full: the reserve is in use", room);
  }
  const std::uint64_t missing = disk.holds_reserve() ? 0 : disk.reserve();
  if (room.free < low && !low_) {
    tell("disk low: new work is refused", room);
    low_ = true;
    when_low_();
  } else if (room.free >= low + low / 4 + missing) {
    if (missing > 0 && !disk.restore_reserve()) return;
    if (low_.exchange(false)) tell("disk has room again", room);
  }
}

void DiskGuard::tell(std::string_view event, const DiskRoom& room) {
  std::string state = megabytes(room.free) + " of " + megabytes(room.total) + " are free; low is below " +
                      megabytes(low(room));
  services_.observer.note(event, state);
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

}  // namespace tram::exchange
