#include "exchange/link_sender.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "exchange/backoff.h"
#include "exchange/hop_loading.h"

namespace tram::exchange {
namespace {

// No room here or there, or a clock in doubt: nothing tells when that is over.
constexpr Duration kLongestPutOff = std::chrono::seconds(5);

Error greeting_again() {
  return failure(ErrorCode::unavailable, "GREETING_AGAIN",
                 "the link is opened again: both ends say anew what they know");
}

std::string unique_owner(const std::string& link) {
  static std::atomic<std::uint64_t> counter{0};
  return "link:" + link + ":" + std::to_string(++counter);
}

}  // namespace

// Hears one stream for its sender; a stream that was replaced is not heard.
class LinkSender::Events final : public PeerStreamEvents {
 public:
  Events(LinkSender& sender, std::uint64_t epoch) : sender_(sender), epoch_(epoch) {}
  PeerGreeting greeting() const override { return sender_.context_.wakeups.greeting(sender_.link_.name); }
  void opened(const PeerHello& hello) override { sender_.opened(epoch_, hello); }
  void answered(std::uint64_t batch, std::vector<HopOutcome> outcomes) override {
    sender_.answered(epoch_, batch, std::move(outcomes));
  }
  void draining() override { sender_.peer_drains(epoch_); }
  void closed(const Error& error) override { sender_.closed(epoch_, error); }

 private:
  LinkSender& sender_;
  const std::uint64_t epoch_;
};

LinkSender::LinkSender(const Context& context, LinkSettings link, Lane lane, LinkUploads& uploads)
    : context_(context),
      link_(std::move(link)),
      lane_(lane),
      name_(lane == Lane::urgent ? link_.name + "/urgent" : link_.name),
      uploads_(uploads) {}
LinkSender::~LinkSender() = default;

void LinkSender::start() { open(); }

void LinkSender::stop() {
  std::shared_ptr<PeerStream> stream;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    ++epoch_;
    open_ = false;
    retry_.reset();
    ask_again_.reset();
    stream = std::move(stream_);
  }
}

void LinkSender::drain(std::function<void()> done) {
  bool in_use = false;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    when_drained_ = std::move(done);
    retry_.reset();
    next_try_.reset();
    in_use = open_;
  }
  if (in_use) return schedule_pump();  // which winds up
  stop();
  tell_drained();
}

void LinkSender::tell_drained() {
  std::function<void()> done;
  {
    const std::lock_guard lock(mutex_);
    done.swap(when_drained_);
  }
  if (done) done();
}

void LinkSender::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (!open_) return;
  }
  schedule_pump();
}

void LinkSender::peer_is_up() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || stream_ || !retry_ || put_off_) return;
    retry_.reset();
  }
  open();
}

void LinkSender::greet_again() {
  std::uint64_t epoch = 0;
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return;
    greet_again_ = !open_;
    if (greet_again_) return;
    epoch = epoch_;
  }
  fail(epoch, greeting_again());
}

LinkState LinkSender::state() const {
  LinkState state;
  state.settings = link_;
  const std::lock_guard lock(mutex_);
  state.connected = open_;
  state.attempts = attempts_;
  state.next_try = next_try_;
  state.last_error = last_error_;
  return state;
}

void LinkSender::open() {
  std::shared_ptr<Events> events;
  std::uint64_t epoch = 0;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || draining_ || stream_) return;
    epoch = ++epoch_;
    open_ = false;
    greet_again_ = false;
    peer_drains_ = false;
    finishing_ = false;
    next_batch_ = 1;
    owner_ = unique_owner(name_);
    next_try_.reset();
    events = std::make_shared<Events>(*this, epoch);
  }
  std::shared_ptr<PeerStream> stream = context_.services.peers.open(link_.name, lane_, events);
  bool usable = false;
  {
    const std::lock_guard lock(mutex_);
    if (epoch == epoch_ && !stopped_) {
      stream_ = stream;
      usable = open_;  // opened() may have come before open() returned
    }
  }
  if (usable) schedule_pump();
}

void LinkSender::opened(std::uint64_t epoch, const PeerHello& hello) {
  Error wrong;
  bool greet = false;
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_) return;
    if (hello.node == link_.node) {
      open_ = true;
      greet = std::exchange(greet_again_, false);
      if (!put_off_) attempts_ = 0;
      last_error_.clear();
      hello_ = hello;
    } else {
      wrong =
          failure(ErrorCode::permission_denied, "WRONG_NODE",
                  "link " + link_.name + " leads to node " + hello.node.text() + ", not " + link_.node.text(),
                  "correct the link's address or node in the configuration");
    }
  }
  if (!wrong.reason.empty()) return fail(epoch, wrong);
  if (hello.time) context_.clocks.peer_said(link_.name, *hello.time);
  context_.services.observer.link_changed(name_, true, "");
  if (hello.lacks_since && lane_ == Lane::routine) {
    post([this, hello] { context_.wakeups.peer_lacks(link_.name, hello); });
  }
  if (greet) return fail(epoch, greeting_again());
  schedule_pump();
}

void LinkSender::closed(std::uint64_t epoch, const Error& error) { fail(epoch, error); }

// What is in flight will still be answered.
void LinkSender::peer_drains(std::uint64_t epoch) {
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_) return;
    peer_drains_ = true;
  }
  schedule_pump();
}

// Ends a stream on which nothing new is sent, once all is answered.
void LinkSender::wind_up() {
  std::uint64_t left = 0;
  std::shared_ptr<PeerStream> finished;
  {
    const std::lock_guard lock(mutex_);
    if (!open_ || items_in_flight_ > 0) return;
    if (peer_drains_) {
      left = epoch_;
    } else if (draining_ && !std::exchange(finishing_, true)) {
      finished = stream_;
    }
  }
  if (left != 0) return fail(left, failure(ErrorCode::unavailable, "DRAINING", "the peer is stopping"));
  if (finished) finished->finish();
}

// Ends the stream, gives its claims back, and schedules the next try.
void LinkSender::fail(std::uint64_t epoch, const Error& error) {
  std::shared_ptr<PeerStream> old;
  std::string owner;
  bool draining = false;
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_ || stopped_) return;
    ++epoch_;
    draining = draining_;
    old = std::move(stream_);
    owner = owner_;
    if (!open_) put_off_ = false;  // who does not even answer is away
    open_ = false;
    in_flight_.clear();
    items_in_flight_ = 0;
    bytes_in_flight_ = 0;
    aside_.clear();
    postponed_.clear();
    ask_again_.reset();
    ++attempts_;
    last_error_ = error.text();
    const Duration cap = put_off_ ? std::min<Duration>(context_.settings.retry_cap, kLongestPutOff)
                                  : context_.settings.retry_cap;
    const Duration wait = backoff(attempts_, context_.settings.retry_first, cap,
                                  std::hash<std::string>()(name_ + context_.settings.node.text()));
    next_try_ = context_.now() + wait;
    if (!draining_) {
      retry_ = context_.services.timers.after(wait, [this] {
        post([this] {
          {
            const std::lock_guard again(mutex_);
            retry_.reset();
          }
          open();
        });
      });
    }
  }
  context_.services.messages.release_claims(owner);
  // What was raised to another class while it was claimed here is the other lane's from now on.
  context_.wakeups.outgoing(link_.name, std::nullopt);
  context_.services.observer.link_changed(name_, false, draining ? "this node is stopping" : error.text());
  if (old) context_.services.workers.post([old] {});  // its last owner must not be its own callback
  if (draining) tell_drained();
}

void LinkSender::schedule_pump() {
  {
    const std::lock_guard lock(mutex_);
    if (pumping_) {
      pump_again_ = true;
      return;
    }
    pumping_ = true;
  }
  post([this] { pump(); });
}

void LinkSender::post(std::function<void()> task) const {
  if (lane_ == Lane::urgent) return context_.services.workers.post_urgent(std::move(task));
  context_.services.workers.post(std::move(task));
}

void LinkSender::pump() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      pump_again_ = false;
    }
    auto [epoch, items] = claim();
    if (!items.empty()) {
      send(epoch, std::move(items));
      continue;
    }
    const std::lock_guard lock(mutex_);
    if (!pump_again_) {
      pumping_ = false;
      break;
    }
  }
  wind_up();
}

}  // namespace tram::exchange
