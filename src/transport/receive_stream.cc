#include "transport/receive_stream.h"

#include <algorithm>

#include "transport/delivery_proto.h"
#include "transport/limits.h"

namespace tram::transport {
namespace {

std::size_t bytes_of(const v1::ReceiveResponse& response) {
  std::size_t out = response.delivery().signed_().header().size();
  for (const auto& content : response.delivery().contents()) out += content.inline_().size();
  return out;
}

}  // namespace

// The node keeps this; it must not keep the stream.
class ReceiveStream::Events final : public exchange::InboxEvents {
 public:
  explicit Events(std::weak_ptr<ReceiveStream> stream) : stream_(std::move(stream)) {}
  bool has_room() override {
    const auto stream = stream_.lock();
    return !stream || stream->has_room();
  }
  void deliver(exchange::Delivery delivery) override {
    if (const auto stream = stream_.lock()) stream->deliver(std::move(delivery));
  }
  void acknowledged(const DeliveryId& id) override {
    if (const auto stream = stream_.lock()) stream->acknowledged(id);
  }
  void nothing_waiting() override {
    if (const auto stream = stream_.lock()) stream->nothing_waiting();
  }
  void draining() override {
    if (const auto stream = stream_.lock()) stream->drain();
  }
  void ended(const Error& error) override {
    if (const auto stream = stream_.lock()) stream->end_now(to_status(error));
  }

 private:
  const std::weak_ptr<ReceiveStream> stream_;
};

void ReceiveStream::on_read(v1::ReceiveRequest& request) {
  bool opened = false;
  {
    const std::lock_guard lock(mutex_);
    opened = inbox_ != nullptr;
  }
  if (opened == request.has_open()) {
    return finish(to_status(invalid("request", "ORDER", "a stream begins with one open, and has no other",
                                    "send open first, then credits and acknowledgements")));
  }
  switch (request.request_case()) {
    case v1::ReceiveRequest::kOpen:
      open(request.open());
      break;
    case v1::ReceiveRequest::kCredits:
      add_credits(request.credits());
      break;
    case v1::ReceiveRequest::kAcknowledge:
      acknowledge(request.acknowledge());
      break;
    case v1::ReceiveRequest::REQUEST_NOT_SET:
      return finish(to_status(invalid("request", "FIELD_EMPTY", "an empty request")));
  }
}

void ReceiveStream::open(const v1::ReceiveRequest::Open& request) {
  {
    const std::lock_guard lock(mutex_);
    waiting_only_ = request.from_the_waiting_only();  // first: events may come before receive() returns
  }
  if (request.together()) write_together();
  auto self = std::static_pointer_cast<ReceiveStream>(shared_from_this());
  auto inbox = backend().node.receive(who(), std::make_shared<Events>(self));
  if (!inbox) {
    tell_if_refused(inbox.error());
    return finish(to_status(inbox.error()));
  }
  {
    const std::lock_guard lock(mutex_);
    inbox_ = std::move(*inbox);
  }
  add_credits(request.credits());
}

void ReceiveStream::add_credits(std::uint32_t credits) {
  {
    const std::lock_guard lock(mutex_);
    credits_ += credits;
  }
  grant();
}

void ReceiveStream::grant() {
  std::shared_ptr<exchange::InboxStream> inbox;
  std::uint32_t more = 0;
  {
    const std::lock_guard lock(mutex_);
    if (draining_ || ahead_ > kDeliveriesAhead / 2) return;
    more = static_cast<std::uint32_t>(std::min<std::uint64_t>(credits_, kDeliveriesAhead - ahead_));
    credits_ -= more;
    ahead_ += more;
    inbox = inbox_;
  }
  if (inbox && more > 0) inbox->add_credits(more);
}

void ReceiveStream::acknowledge(const std::string& id) {
  std::shared_ptr<exchange::InboxStream> inbox;
  {
    const std::lock_guard lock(mutex_);
    ++acknowledging_;
    inbox = inbox_;
  }
  if (inbox) inbox->acknowledge(DeliveryId(id));
}

void ReceiveStream::read_on() {
  {
    const std::lock_guard lock(mutex_);
    paused_ = acknowledging_ >= kAcknowledgements;
    if (paused_) return;
  }
  read();
}

bool ReceiveStream::full() const {
  return bytes_ahead_ >= kDeliveredBytes || (bytes_ahead_ > 0 && backend().budget->tight());
}

bool ReceiveStream::has_room() {
  const std::lock_guard lock(mutex_);
  held_back_ = full();
  return !held_back_;
}

void ReceiveStream::deliver(exchange::Delivery delivery) {
  const std::string id = delivery.id.text();
  v1::ReceiveResponse response = to_proto(std::move(delivery));
  {
    const std::lock_guard lock(mutex_);
    outstanding_.insert(id);
    unwritten_.push_back(backend().budget->take_anyway(bytes_of(response)));
    bytes_ahead_ += unwritten_.back().bytes();
  }
  write(std::move(response));
}

void ReceiveStream::on_written(const v1::ReceiveResponse& response) {
  if (response.has_delivery()) delivery_written();
  if (response.has_acknowledged()) acknowledgement_written(response.acknowledged());
}

void ReceiveStream::delivery_written() {
  std::shared_ptr<exchange::InboxStream> inbox;
  {
    const std::lock_guard lock(mutex_);
    if (ahead_ > 0) --ahead_;
    bytes_ahead_ -= unwritten_.front().bytes();
    unwritten_.pop_front();
    if (held_back_ && !full()) {
      held_back_ = false;
      inbox = inbox_;
    }
  }
  if (inbox) inbox->resume();
  grant();
}

void ReceiveStream::acknowledged(const DeliveryId& id) {
  v1::ReceiveResponse response;
  response.set_acknowledged(id.text());
  write(std::move(response));
}

// Only now is there room for another: a client that reads no answers must not make them pile up here.
void ReceiveStream::acknowledgement_written(const std::string& id) {
  bool resume = false;
  {
    const std::lock_guard lock(mutex_);
    outstanding_.erase(id);
    if (acknowledging_ > 0) --acknowledging_;
    resume = paused_ && acknowledging_ < kAcknowledgements;
    if (resume) paused_ = false;
  }
  if (resume) read();
  end_if_due();
}

void ReceiveStream::nothing_waiting() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(nothing_waits_, true) || !waiting_only_) return;
  }
  v1::ReceiveResponse response;
  response.set_emptied(true);
  write(std::move(response));
  end_if_due();
}

void ReceiveStream::drain() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(draining_, true)) return;
  }
  v1::ReceiveResponse response;
  response.set_draining(true);
  write(std::move(response));
  end_if_due();
}

void ReceiveStream::on_half_close() {
  {
    const std::lock_guard lock(mutex_);
    half_closed_ = true;
  }
  end_if_due();
}

// A client that asked for what waits is done when it has acknowledged all of it, one that sends no more when
// the last of its acknowledgements is answered.
void ReceiveStream::end_if_due() {
  {
    const std::lock_guard lock(mutex_);
    const bool emptied = draining_ || (waiting_only_ && nothing_waits_);
    const bool due = (emptied && outstanding_.empty()) || (half_closed_ && acknowledging_ == 0);
    if (!due) return;
  }
  finish(last_word());
}

void ReceiveStream::on_over() {
  std::shared_ptr<exchange::InboxStream> inbox;  // declared first: it goes after the lock
  const std::lock_guard lock(mutex_);
  unwritten_.clear();
  inbox.swap(inbox_);
}

}  // namespace tram::transport
