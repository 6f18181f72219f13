#include "exchange/link.h"

#include <algorithm>
#include <atomic>
#include <memory>

namespace tram::exchange {

Link::Link(const Context& context, const LinkSettings& settings)
    : context_(context),
      uploads_(context, settings.name),
      routine_(context, settings, Lane::routine, uploads_),
      urgent_(context, settings, Lane::urgent, uploads_) {}

void Link::start() {
  urgent_.start();
  routine_.start();
}

void Link::stop() {
  urgent_.stop();
  routine_.stop();
}

void Link::drain(const std::function<void()>& done) {
  const auto left = std::make_shared<std::atomic<int>>(2);
  const auto one_done = [left, done] {
    if (--*left == 0) done();
  };
  urgent_.drain(one_done);
  routine_.drain(one_done);
}

void Link::wake(std::optional<int> priority) {
  if (!priority || LinkSender::lane_of(*priority) == Lane::urgent) urgent_.wake();
  if (!priority || LinkSender::lane_of(*priority) == Lane::routine) routine_.wake();
}

void Link::peer_is_up() {
  urgent_.peer_is_up();
  routine_.peer_is_up();
}

// One stream is enough to hear the peer's time.
void Link::greet_again() { routine_.greet_again(); }

LinkState Link::state() const {
  LinkState state = routine_.state();
  const LinkState urgent = urgent_.state();
  state.waiting = context_.services.messages.count_outgoing(state.settings.name);
  state.connected = state.connected && urgent.connected;
  state.attempts = std::max(state.attempts, urgent.attempts);
  if (!state.next_try || (urgent.next_try && *urgent.next_try < *state.next_try))
    state.next_try = urgent.next_try;
  if (state.last_error.empty()) state.last_error = urgent.last_error;
  return state;
}

}  // namespace tram::exchange
