#include "transport/send_stream.h"

#include "transport/budget.h"
#include "transport/delivery_proto.h"
#include "transport/limits.h"

namespace tram::transport {

void SendStream::started() {
  const auto allowed = require_role(who(), Role::agency);
  if (!allowed) return finish(to_status(allowed.error()));
  read();
}

bool SendStream::full() const {
  return in_flight_.size() >= kSubmissionsInFlight || bytes_ >= kSubmittedBytes ||
         (bytes_ > 0 && backend().budget->tight());
}

void SendStream::on_read(v1::SendRequest& request) {
  const std::uint64_t number = request.request();
  Hold hold = backend().budget->take(incoming_bytes());
  const std::size_t size = hold.bytes();
  bool known = false;
  {
    const std::lock_guard lock(mutex_);
    known = !in_flight_.emplace(number, InFlight{size, {}}).second;
    if (!known) bytes_ += size;
  }
  if (request.together()) write_together();
  if (known) {
    return finish(
        to_status(invalid("request", "REQUEST_REPEATED",
                          "request " + std::to_string(number) + " is in flight on this stream already",
                          "number the requests of a stream differently")));
  }
  auto submission = hold ? submission_from_proto(request, backend().node.settings().limits)
                         : Result<exchange::SubmissionRequest>(memory_full());
  if (submission) {
    submit(number, std::move(*submission), std::move(hold));
  } else {
    answer(number, submission.error());
  }
}

void SendStream::read_on() {
  {
    const std::lock_guard lock(mutex_);
    paused_ = full();
    if (paused_) return;
  }
  read();
}

void SendStream::submit(std::uint64_t number, exchange::SubmissionRequest submission, Hold hold) {
  backend().node.submit(who(), std::move(submission),
                        [self = std::static_pointer_cast<SendStream>(shared_from_this()), number,
                         held = std::make_shared<Hold>(std::move(hold))](
                            const Result<exchange::Acceptance>& result) { self->answer(number, result); });
}

void SendStream::answer(std::uint64_t number, const Result<exchange::Acceptance>& result) {
  v1::SendResponse response = to_proto(number, result);
  hold_until_written(response);
  write(std::move(response));
}

void SendStream::hold_until_written(const v1::SendResponse& response) {
  Hold hold = backend().budget->take_anyway(response.SpaceUsedLong());
  const std::lock_guard lock(mutex_);
  const auto found = in_flight_.find(response.request());
  if (found == in_flight_.end()) return;
  found->second.bytes += hold.bytes();
  bytes_ += hold.bytes();
  found->second.answer = std::move(hold);
}

// What was answered makes room for what is to be read.
void SendStream::on_written(const v1::SendResponse& response) {
  bool resume = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = in_flight_.find(response.request());
    if (found != in_flight_.end()) {
      bytes_ -= found->second.bytes;
      in_flight_.erase(found);
    }
    resume = paused_ && !full();
    if (resume) paused_ = false;
  }
  if (resume) read();
  end_if_due();
}

void SendStream::on_half_close() {
  {
    const std::lock_guard lock(mutex_);
    half_closed_ = true;
  }
  end_if_due();
}

void SendStream::drain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  end_if_due();
}

void SendStream::end_if_due() {
  bool half_closed = false;
  {
    const std::lock_guard lock(mutex_);
    if (!in_flight_.empty() || !(half_closed_ || draining_)) return;
    half_closed = half_closed_;
  }
  finish(half_closed ? last_word() : to_status(stopping()));
}

}  // namespace tram::transport
