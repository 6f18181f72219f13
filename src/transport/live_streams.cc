#include "transport/live_streams.h"

#include <algorithm>

#include "transport/grpc_status.h"
#include "transport/limits.h"

namespace tram::transport {
namespace {

Error not_reading(Duration since) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  return failure(ErrorCode::unavailable, "NOT_READING",
                 "the client has read nothing for " + std::to_string(seconds) + " s",
                 "read what the stream brings, or ask for less at once; then open it again");
}

Error too_many_streams(int most) {
  return failure(ErrorCode::resource_exhausted, "TOO_MANY_STREAMS",
                 "this certificate has " + std::to_string(most) + " streams open already",
                 "end some of them; one stream carries many documents");
}

constexpr Duration kLongestWait = std::chrono::hours(24);  // timers need not reach years ahead

}  // namespace

void LiveStream::confirm() {
  const auto still = backend_.callers.confirm(caller_);
  if (still) return;
  tell_if_refused(still.error());
  end_now(to_status(still.error()));
}

void LiveStream::tell_if_refused(const Error& error) const {
  if (error.code == ErrorCode::permission_denied || error.code == ErrorCode::unauthenticated)
    backend_.callers.refused(caller_, address_, error);
}

void LiveStream::enlist() {
  watch_reading();
  const int most = backend_.options.streams_per_certificate;
  const bool few = backend_.live.add(shared_from_this(), most);
  watch_expiry();
  if (!few) return end_now(to_status(too_many_streams(most)));
  confirm();  // the registry may have changed between identifying and enlisting
}

void LiveStream::delist() {
  std::unique_ptr<TimerHandle> expiry;
  std::unique_ptr<TimerHandle> patience;
  {
    const std::lock_guard lock(timers_);
    over_ = true;
    expiry = std::move(expiry_);
    patience = std::move(patience_);
  }
  expiry.reset();
  patience.reset();
  reading_->stop();
  backend_.live.remove(*this);
}

void LiveStream::watch_expiry() {
  const Duration left = std::min<Duration>(caller_.not_after - backend_.clock.now(), kLongestWait);
  auto timer = backend_.timers.after(std::max(left, Duration(0)), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    const bool valid = self->backend_.clock.now() < self->caller_.not_after;
    self->confirm();
    if (valid) self->watch_expiry();
  });
  const std::lock_guard lock(timers_);
  if (!over_) expiry_.swap(timer);
}

void LiveStream::watch_reading() {
  const auto since = [weak = weak_from_this()]() -> std::optional<SteadyTime> {
    const auto self = weak.lock();
    const SteadyTime at = self ? self->writing_since_.load() : kNoWrite;
    return at == kNoWrite ? std::nullopt : std::optional(at);
  };
  const auto late = [weak = weak_from_this()](Duration age) {
    const auto self = weak.lock();
    if (!self) return;
    self->end_now(to_status(not_reading(age)));
    self->cut_off();
  };
  reading_ = std::make_shared<WaitWatch>(backend_.timers, backend_.clock,
                                         WaitWatch::Subject{backend_.options.read_patience, since, late});
}

void LiveStream::write_begins() {
  writing_since_ = backend_.clock.steady_now();
  reading_->begin();
}

void LiveStream::expect_end() {
  auto timer = backend_.timers.after(kUnreadPatience, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->cut_off();
  });
  const std::lock_guard lock(timers_);
  if (!over_) patience_.swap(timer);
}

bool LiveStreams::add(std::shared_ptr<LiveStream> stream, int most) {
  const std::lock_guard lock(mutex_);
  const int open = ++by_certificate_[stream->who().certificate];
  streams_.push_back(std::move(stream));
  return open <= most;
}

void LiveStreams::remove(const LiveStream& stream) {
  std::shared_ptr<LiveStream> last;  // destroyed outside the lock
  const std::lock_guard lock(mutex_);
  const auto at =
      std::find_if(streams_.begin(), streams_.end(), [&](const auto& one) { return one.get() == &stream; });
  if (at == streams_.end()) return;
  const auto open = by_certificate_.find(stream.who().certificate);
  if (--open->second == 0) by_certificate_.erase(open);
  last = std::move(*at);
  *at = std::move(streams_.back());
  streams_.pop_back();
  if (streams_.empty()) empty_.notify_all();
}

std::vector<std::shared_ptr<LiveStream>> LiveStreams::all() const {
  const std::lock_guard lock(mutex_);
  return streams_;
}

void LiveStreams::drain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  for (const auto& stream : all()) stream->drain();
}

bool LiveStreams::draining() const {
  const std::lock_guard lock(mutex_);
  return draining_;
}

void LiveStreams::confirm() {
  for (const auto& stream : all()) stream->confirm();
}

void LiveStreams::end(const grpc::Status& status) {
  for (const auto& stream : all()) stream->end_now(status);
}

bool LiveStreams::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, patience, [this] { return streams_.empty(); });
}

void LiveStreams::wait() {
  std::unique_lock lock(mutex_);
  empty_.wait(lock, [this] { return streams_.empty(); });
}

}  // namespace tram::transport
