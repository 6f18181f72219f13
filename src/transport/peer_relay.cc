#include "transport/peer_relay.h"

#include <grpcpp/alarm.h>
#include <grpcpp/generic/generic_stub.h>
#include <tram/v1/relay.grpc.pb.h>

#include <chrono>
#include <deque>
#include <optional>

#include "transport/grpc_status.h"
#include "transport/limits.h"
#include "transport/owed_answers.h"
#include "transport/peer_channels.h"
#include "transport/relay_proto.h"
#include "transport/wait_watch.h"
#include "transport/wire_message.h"

namespace tram::transport {
namespace {

// One call. Lives until it is over and its handle is gone. Nothing but the hello is written before the peer's
// certificate was compared. Events come from reads and the end alone, so one at a time.
class RelayCall final : public PeerCall, public std::enable_shared_from_this<RelayCall> {
 public:
  RelayCall(const PeerOptions& options, const PeerLink& link, exchange::Lane lane, PeerCalls& calls,
            std::shared_ptr<exchange::PeerStreamEvents> events)
      : options_(options),
        link_(link),
        lane_(lane),
        calls_(calls),
        stub_(make_channel(options, link)),
        events_(std::move(events)) {}

  exchange::PeerHello own_hello() const {
    exchange::PeerHello out;
    out.node = options_.node;
    out.inline_limit = options_.inline_limit;
    out.max_batch_bytes = options_.max_batch_bytes;
    out.time = calls_.clock().now();
    const exchange::PeerGreeting greeting = events_->greeting();
    out.handed_back = greeting.handed_back;
    out.known_log_size = greeting.known_log_size;
    return out;
  }

  void begin() {
    auto* reactor = new Reactor(shared_from_this());
    watch_answers();
    {
      const std::lock_guard lock(mutex_);
      reactor_ = reactor;
      stub_.PrepareBidiStreamingCall(&context_, method(), {}, reactor);
      reactor->AddHold();  // writes come from outside of reactions
      reactor->StartRead(&arrived_);
      v1::RelayFrame frame;
      *frame.mutable_hello() = to_proto(own_hello());
      frame.mutable_hello()->set_lane(static_cast<v1::Lane>(lane_));
      start_write(std::move(frame));
      deadline_.Set(std::chrono::system_clock::now() + kHelloDeadline,
                    [weak = weak_from_this()](bool expired) {
                      const auto self = weak.lock();
                      if (expired && self) self->hello_missed();
                    });
      reactor->StartCall();
    }
  }

  void write(v1::RelayFrame frame) {
    const std::lock_guard lock(mutex_);
    if (over_ || abandoned_) return;
    queue_.push_back(std::move(frame));
    proceed();
  }

  void cancel() override { context_.TryCancel(); }

  // The handle is gone: no event begins any more.
  void abandon() {
    {
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
      queue_.clear();
    }
    context_.TryCancel();
  }

 private:
  // Answers as bytes, see wire_message.h: one that cannot be read would look like the end of the stream, and
  // the call would wait for an end that never comes.
  using Stub = grpc::TemplatedGenericStub<v1::RelayFrame, grpc::ByteBuffer>;
  static std::string method() { return std::string("/") + v1::Relay::service_full_name() + "/Exchange"; }

  class Reactor final : public grpc::ClientBidiReactor<v1::RelayFrame, grpc::ByteBuffer> {
   public:
    explicit Reactor(std::shared_ptr<RelayCall> call) : call_(std::move(call)) {}
    void OnReadDone(bool ok) override { call_->read_done(ok); }
    void OnWriteDone(bool ok) override { call_->write_done(ok); }
    void OnDone(const grpc::Status& status) override {
      call_->over(status);
      delete this;
    }

   private:
    const std::shared_ptr<RelayCall> call_;
  };

  // REQUIRES: mutex_ is held.
  void proceed() {
    if (!reactor_ || over_ || writing_ || !open_ || queue_.empty()) return;
    start_write(std::move(queue_.front()));
    queue_.pop_front();
  }

  // REQUIRES: mutex_ is held.
  void start_write(v1::RelayFrame frame) {
    outgoing_ = std::move(frame);
    writing_ = true;
    owed_.writing(outgoing_.batch().number(), calls_.clock().steady_now());
    answers_->begin();
    reactor_->StartWrite(&outgoing_);
  }

  void write_done(bool ok) {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    owed_.written(calls_.clock().steady_now());
    if (!ok) queue_.clear();  // the end comes as a failed read
    if (ok) proceed();
  }

  void read_done(bool ok) {
    if (ok) {
      const auto taken = take();
      answer_ = v1::RelayAnswer();
      if (taken) return read();
      {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = taken.error();
      }
      context_.TryCancel();
    }
    Reactor* reactor = nullptr;
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
      queue_.clear();
      reactor = reactor_;
    }
    reactor->RemoveHold();
  }

  void read() {
    const std::lock_guard lock(mutex_);
    reactor_->StartRead(&arrived_);
  }

  Result<void> take() {
    if (!parse(arrived_, answer_)) return unreadable<v1::RelayAnswer>();
    if (open_ == answer_.has_hello())
      return invalid("answer", "ORDER", "the peer's stream does not begin with one hello");
    switch (answer_.answer_case()) {
      case v1::RelayAnswer::kHello:
        return hello();
      case v1::RelayAnswer::kOutcome:
        outcome();
        return {};
      case v1::RelayAnswer::kDraining:
        if (auto events = listener()) events->draining();
        return {};
      case v1::RelayAnswer::ANSWER_NOT_SET:
        break;
    }
    return invalid("answer", "FIELD_EMPTY", "the peer sent an empty answer");
  }

  Result<void> hello() {
    const auto right = check_peer(context_.auth_context(), link_);
    if (!right) return right.error();
    const auto peer = from_proto(answer_.hello());
    if (!peer) return peer.error();
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
      proceed();
    }
    stop_waiting();
    if (auto events = listener()) events->opened(*peer);
    return {};
  }

  void outcome() {
    {
      const std::lock_guard lock(mutex_);
      owed_.answered(answer_.outcome().number());
    }
    std::vector<exchange::HopOutcome> outcomes;
    for (const auto& one : answer_.outcome().outcomes()) outcomes.push_back(from_proto(one));
    if (auto events = listener()) events->answered(answer_.outcome().number(), std::move(outcomes));
  }

  void watch_answers() {
    const auto since = [weak = weak_from_this()]() -> std::optional<SteadyTime> {
      const auto self = weak.lock();
      if (!self) return std::nullopt;
      const std::lock_guard lock(self->mutex_);
      return self->over_ ? std::nullopt : self->owed_.oldest();
    };
    const auto late = [weak = weak_from_this()](Duration age) {
      if (const auto self = weak.lock()) self->answer_missed(age);
    };
    answers_ = std::make_shared<WaitWatch>(calls_.timers(), calls_.clock(),
                                           WaitWatch::Subject{options_.answer_patience, since, late});
  }

  void answer_missed(Duration age) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
    {
      const std::lock_guard lock(mutex_);
      if (over_) return;
      if (!error_)
        error_ = failure(ErrorCode::unavailable, "PEER_SILENT",
                         "peer " + link_.name + " has not answered for " + std::to_string(seconds) + " s",
                         "what it did not answer is sent again; if that goes on, see to that node");
    }
    context_.TryCancel();
  }

  void stop_waiting() {
    const std::lock_guard lock(mutex_);
    deadline_.Cancel();
  }

  void hello_missed() {
    {
      const std::lock_guard lock(mutex_);
      if (open_ || over_) return;
      if (!error_)
        error_ = failure(ErrorCode::unavailable, "HELLO_MISSING", link_.address + " does not answer");
    }
    context_.TryCancel();
  }

  std::shared_ptr<exchange::PeerStreamEvents> listener() {
    const std::lock_guard lock(mutex_);
    return abandoned_ ? nullptr : events_;
  }

  void over(const grpc::Status& status) {
    std::optional<Error> error;
    auto events = listener();
    {
      const std::lock_guard lock(mutex_);
      reactor_ = nullptr;
      over_ = true;
      error = error_;
      events_.reset();
    }
    stop_waiting();
    answers_->stop();
    if (!error) error = status.ok() ? ended_early() : to_error(status);
    if (events) events->closed(*error);
    events.reset();
    calls_.remove(*this);
  }

  const PeerOptions& options_;
  const PeerLink link_;
  const exchange::Lane lane_;
  PeerCalls& calls_;
  Stub stub_;
  grpc::ClientContext context_;
  // Guards what follows, but for arrived_ and answer_, which a read has from its start to its reaction, and
  // outgoing_, which a write has likewise.
  std::mutex mutex_;
  grpc::Alarm deadline_;                // of the hello
  std::shared_ptr<WaitWatch> answers_;  // set before the call begins
  OwedAnswers owed_;
  std::shared_ptr<exchange::PeerStreamEvents> events_;
  Reactor* reactor_ = nullptr;
  grpc::ByteBuffer arrived_;
  v1::RelayAnswer answer_;
  v1::RelayFrame outgoing_;
  std::deque<v1::RelayFrame> queue_;
  std::optional<Error> error_;  // why we ended it
  bool writing_ = false;
  bool open_ = false;  // written by reads alone
  bool over_ = false;
  bool abandoned_ = false;
};

class RelayHandle final : public exchange::PeerStream {
 public:
  explicit RelayHandle(std::shared_ptr<RelayCall> call) : call_(std::move(call)) {}
  ~RelayHandle() override { call_->abandon(); }

  void send(std::uint64_t batch, std::vector<exchange::HopItem> items) override {
    v1::RelayFrame frame;
    frame.mutable_batch()->set_number(batch);
    for (exchange::HopItem& item : items) *frame.mutable_batch()->add_items() = to_proto(std::move(item));
    call_->write(std::move(frame));
  }

  void send_certificates(const std::vector<Bytes>& der) override {
    for (std::size_t i = 0; i < der.size(); i += kMaxCertificates) {
      v1::RelayFrame frame;
      for (std::size_t j = i; j < std::min<std::size_t>(der.size(), i + kMaxCertificates); ++j)
        frame.mutable_certificates()->add_der(der[j]);
      call_->write(std::move(frame));
    }
  }

  void finish() override {
    v1::RelayFrame frame;
    frame.set_draining(true);
    call_->write(std::move(frame));
  }

 private:
  const std::shared_ptr<RelayCall> call_;
};

}  // namespace

std::unique_ptr<exchange::PeerStream> open_relay(const PeerOptions& options, const PeerLink& link,
                                                 exchange::Lane lane, PeerCalls& calls,
                                                 std::shared_ptr<exchange::PeerStreamEvents> events) {
  auto call = std::make_shared<RelayCall>(options, link, lane, calls, events);
  auto handle = std::make_unique<RelayHandle>(call);
  if (calls.add(call)) {
    call->begin();
  } else {
    events->closed(stopping());
  }
  return handle;
}

}  // namespace tram::transport
