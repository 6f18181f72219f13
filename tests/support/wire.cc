#include "tests/support/wire.h"

#include <algorithm>

namespace tram::sim {
namespace {

Error broken() { return failure(ErrorCode::unavailable, "WIRE_BROKEN", "the wire broke"); }

// When a call made now arrives, not before `free`.
Duration arrival_of(Network& network, Duration& free) {
  free = std::max(free, network.world().elapsed() + network.latency());
  return free - network.world().elapsed();
}

}  // namespace

Wire::Wire(Network& network, AgencyCode from, AgencyCode to, exchange::Lane lane,
           std::shared_ptr<exchange::PeerStreamEvents> events)
    : network_(network),
      from_(std::move(from)),
      to_(std::move(to)),
      lane_(lane),
      from_life_(network.find(from_)->life),
      events_(std::move(events)) {}

void Wire::begin() {
  greeting_ = events_->greeting();
  network_.world().schedule(network_.life(), network_.latency(), [self = shared_from_this()] {
    if (!self->ended_) self->connect();
  });
}

void Wire::connect() {
  const Endpoint* peer = network_.reach(from_, to_);
  if (peer == nullptr) return fail(failure(ErrorCode::unavailable, "PEER_DOWN", "no connection"));
  const auto who = peer->node->identify(network_.certificate(from_));
  if (!who) return fail(who.error());
  auto arrival = peer->node->arrivals(*who, lane_);
  if (!arrival) return fail(arrival.error());
  to_life_ = peer->life;
  arrival_ = std::move(*arrival);
  exchange::PeerHello ours;
  ours.node = from_;
  ours.time = network_.find(from_)->clock->now();
  ours.handed_back = greeting_.handed_back;
  ours.known_log_size = greeting_.known_log_size;
  peer->node->peer_is_up(who->link, ours);
  backwards([self = shared_from_this(), hello = peer->node->hello_to(who->link)] {
    if (!self->ended_) self->events_->opened(hello);
  });
}

void Wire::send(std::uint64_t batch, std::vector<exchange::HopItem> items) {
  if (ended_ || !to_life_) return;
  forwards([self = shared_from_this(), batch, items = std::move(items)]() mutable {
    self->deliver(batch, std::move(items));
  });
}

void Wire::send_certificates(const std::vector<Bytes>& der) {
  if (ended_ || !to_life_) return;
  forwards([self = shared_from_this(), der] {
    if (self->arrival_) self->arrival_->certificates(der);
  });
}

void Wire::deliver(std::uint64_t batch, std::vector<exchange::HopItem> items) {
  World& world = network_.world();
  const auto arrival = arrival_;
  if (!arrival) return;
  if (world.chance(network_.faults.lose_batch)) return cut();
  if (network_.tamper) {
    for (exchange::HopItem& item : items) network_.tamper(from_, to_, item);
  }
  if (world.chance(network_.faults.duplicate)) arrival->batch(items, [](const auto&) {});
  const bool deaf = world.chance(network_.faults.lose_answer);
  arrival->batch(std::move(items),
                 [self = shared_from_this(), batch, deaf](std::vector<exchange::HopOutcome> outcomes) {
                   if (deaf) return self->cut();
                   if (self->network_.mangle_answers) self->network_.mangle_answers(self->from_, outcomes);
                   self->backwards([self, batch, outcomes = std::move(outcomes)]() mutable {
                     if (!self->ended_) self->events_->answered(batch, std::move(outcomes));
                   });
                 });
}

// Nothing is in flight: the peer ends the stream.
void Wire::finish() {
  if (ended_ || !to_life_) return;
  forwards([self = shared_from_this()] {
    if (!self->arrival_) return;
    self->arrival_.reset();
    self->fail(failure(ErrorCode::unavailable, "ENDED", "the peer has ended the stream"));
  });
}

void Wire::announce_draining() {
  if (ended_ || !to_life_) return;
  backwards([self = shared_from_this()] {
    if (!self->ended_) self->events_->draining();
  });
}

void Wire::close() {
  ended_ = true;
  if (!to_life_) return;
  forwards([self = shared_from_this()] { self->arrival_.reset(); });
}

void Wire::cut() {
  arrival_.reset();
  fail(broken());
}

void Wire::fail(const Error& error) {
  if (ended_) return;
  backwards([self = shared_from_this(), error] {
    if (std::exchange(self->ended_, true)) return;
    self->events_->closed(error);
  });
}

void Wire::lose_end(const AgencyCode& victim) {
  if (victim == to_) return cut();
  ended_ = true;
  events_.reset();
  close();
}

void Wire::forwards(World::Task task) {
  network_.world().schedule(to_life_, arrival_of(network_, forwards_free_), std::move(task));
}

void Wire::backwards(World::Task task) {
  network_.world().schedule(from_life_, arrival_of(network_, backwards_free_), std::move(task));
}

}  // namespace tram::sim
