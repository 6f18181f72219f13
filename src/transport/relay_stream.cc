#include "transport/relay_stream.h"

#include "transport/budget.h"
#include "transport/limits.h"
#include "transport/relay_proto.h"

namespace tram::transport {
namespace {

// Which items of a batch the node is asked about, and what was refused before.
struct ReadBatch {
  std::vector<exchange::HopItem> items;
  std::vector<std::size_t> places;  // of items, in the batch
  std::vector<exchange::HopOutcome> outcomes;

  void merge(std::vector<exchange::HopOutcome> answered) {
    for (std::size_t i = 0; i < places.size() && i < answered.size(); ++i)
      outcomes[places[i]] = std::move(answered[i]);
  }
};

ReadBatch read_items(v1::Batch& batch, const MessageLimits& limits) {
  ReadBatch out;
  out.outcomes.resize(static_cast<std::size_t>(batch.items_size()));
  for (std::size_t i = 0; i < out.outcomes.size(); ++i) {
    auto item = from_proto(*batch.mutable_items(static_cast<int>(i)), limits);
    if (item) {
      out.items.push_back(std::move(*item));
      out.places.push_back(i);
    } else {
      out.outcomes[i] = {exchange::HopResult::refused, item.error()};
    }
  }
  return out;
}

}  // namespace

void RelayStream::started() { read(); }

void RelayStream::on_read(v1::RelayFrame& frame) {
  const auto taken = take(frame);
  if (taken) return;
  tell_if_refused(taken.error());
  finish(to_status(taken.error()));
}

void RelayStream::read_on() {
  {
    const std::lock_guard lock(mutex_);
    paused_ = full();
    if (paused_) return;
  }
  read();
}

bool RelayStream::full() const {
  return in_flight_.size() >= kBatchesInFlight || items_in_flight_ >= kItemsInFlight ||
         (!in_flight_.empty() && backend().budget->tight());
}

Result<void> RelayStream::take(v1::RelayFrame& frame) {
  if (greeted_ == frame.has_hello())
    return invalid("frame", "ORDER", "a stream begins with one hello, and has no other");
  switch (frame.frame_case()) {
    case v1::RelayFrame::kHello:
      return hello(frame.hello());
    case v1::RelayFrame::kBatch:
      return batch(*frame.mutable_batch());
    case v1::RelayFrame::kCertificates:
      return certificates(*frame.mutable_certificates());
    case v1::RelayFrame::kDraining:
      on_half_close();
      return {};
    case v1::RelayFrame::FRAME_NOT_SET:
      break;
  }
  return invalid("frame", "FIELD_EMPTY", "an empty frame");
}

Result<void> RelayStream::hello(const v1::Hello& hello) {
  auto peer = from_proto(hello);
  if (!peer) return peer.error();
  const auto lane = hello.lane() == v1::LANE_URGENT ? exchange::Lane::urgent : exchange::Lane::routine;
  auto arrivals = backend().node.arrivals(who(), lane);
  if (!arrivals) return arrivals.error();
  if (peer->node != who().agency) {
    return failure(
        ErrorCode::permission_denied, "WRONG_NODE",
        "the certificate is that of node " + who().agency.text() + ", the hello says " + peer->node.text(),
        "correct the node's code or the link's certificate in the configuration");
  }
  arrivals_ = std::move(*arrivals);
  greeted_ = true;
  v1::RelayAnswer answer;
  *answer.mutable_hello() = to_proto(backend().node.hello_to(who().link));
  answer.mutable_hello()->set_lane(hello.lane());
  write(std::move(answer));
  {
    const std::lock_guard lock(mutex_);
    welcomed_ = true;
  }
  if (backend().live.draining()) drain();
  backend().node.peer_is_up(who().link, *peer);
  return {};
}

Result<void> RelayStream::batch(v1::Batch& batch) {
  if (batch.items_size() == 0 || batch.items_size() > kMaxBatchItems)
    return invalid("batch.items", "BATCH_SIZE",
                   "a batch has 1 to " + std::to_string(kMaxBatchItems) + " items");
  const std::uint64_t number = batch.number();
  const auto items = static_cast<std::size_t>(batch.items_size());
  {
    const std::lock_guard lock(mutex_);
    if (number == 0 || closing_ || !in_flight_.emplace(number, InFlight{items, {}}).second)
      return invalid("batch.number", "BATCH_NUMBER", "numbers count from 1, none twice, none after draining");
    items_in_flight_ += items;
  }
  auto held = std::make_shared<Hold>(backend().budget->take(incoming_bytes()));
  if (!*held) {
    answer(number, {items, {exchange::HopResult::retry, memory_full()}});
    return {};
  }
  auto read = std::make_shared<ReadBatch>(read_items(batch, backend().node.settings().limits));
  auto self = std::static_pointer_cast<RelayStream>(shared_from_this());
  if (read->items.empty()) {
    answer(number, std::move(read->outcomes));
    return {};
  }
  arrivals_->batch(std::move(read->items),
                   [self, number, read, held](std::vector<exchange::HopOutcome> outcomes) {
                     read->merge(std::move(outcomes));
                     self->answer(number, std::move(read->outcomes));
                   });
  return {};
}

Result<void> RelayStream::certificates(v1::Certificates& certificates) {
  if (certificates.der_size() > kMaxCertificates)
    return invalid("certificates.der", "TOO_MANY", "at most 64 certificates in a frame");
  std::vector<Bytes> der;
  for (auto& one : *certificates.mutable_der()) {
    if (one.size() > kMaxCertificate)
      return invalid("certificates.der", "CERTIFICATE_TOO_LARGE", "a certificate has at most 16 KiB");
    der.push_back(std::move(one));
  }
  arrivals_->certificates(std::move(der));
  return {};
}

void RelayStream::answer(std::uint64_t number, std::vector<exchange::HopOutcome> outcomes) {
  v1::RelayAnswer answer;
  answer.mutable_outcome()->set_number(number);
  for (const exchange::HopOutcome& outcome : outcomes)
    *answer.mutable_outcome()->add_outcomes() = to_proto(outcome);
  hold_until_written(number, answer);
  write(std::move(answer));
}

// An answer with its reasons may be far larger than what it answers.
void RelayStream::hold_until_written(std::uint64_t number, const v1::RelayAnswer& answer) {
  Hold hold = backend().budget->take_anyway(answer.SpaceUsedLong());
  const std::lock_guard lock(mutex_);
  const auto found = in_flight_.find(number);
  if (found != in_flight_.end()) found->second.answer = std::move(hold);
}

void RelayStream::on_written(const v1::RelayAnswer& answer) {
  if (!answer.has_outcome()) return;
  bool resume = false;
  {
    const std::lock_guard lock(mutex_);
    if (const auto done = in_flight_.extract(answer.outcome().number()))
      items_in_flight_ -= done.mapped().items;
    resume = paused_ && !full();
    if (resume) paused_ = false;
  }
  if (resume) read();
  end_if_due();
}

void RelayStream::on_half_close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  end_if_due();
}

void RelayStream::end_if_due() {
  {
    const std::lock_guard lock(mutex_);
    if (!closing_ || !in_flight_.empty()) return;
  }
  finish(last_word());
}

// Never before the hello, which says it again.
void RelayStream::drain() {
  {
    const std::lock_guard lock(mutex_);
    if (!welcomed_) return;
  }
  v1::RelayAnswer answer;
  answer.set_draining(true);
  write(std::move(answer));
}

void RelayStream::on_over() { arrivals_.reset(); }

}  // namespace tram::transport
