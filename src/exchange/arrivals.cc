#include "exchange/arrivals.h"

#include <atomic>
#include <deque>
#include <mutex>

#include "codec/evidence_json.h"
#include "exchange/filing.h"
#include "exchange/hop_check.h"

namespace tram::exchange {
namespace {

// One batch: its items are checked in any order, written in the batch's order, answered together.
struct ArrivingBatch {
  SteadyTime came;
  std::vector<HopItem> items;
  std::vector<std::optional<CheckedHop>> checked;  // empty for receipts
  std::vector<HopOutcome> outcomes;
  std::atomic<std::size_t> unchecked{0};
  std::atomic<std::size_t> unanswered{0};
  ArrivalStream::Answer answer;
};

class Arrivals final : public ArrivalStream, public std::enable_shared_from_this<Arrivals> {
 public:
  Arrivals(const Context& context, ReceiptOffice& receipts, Identity peer, Lane lane,
           const std::atomic<bool>& draining)
      : context_(context), receipts_(receipts), peer_(std::move(peer)), lane_(lane), draining_(draining) {}

  void certificates(std::vector<Bytes> der) override {
    for (Bytes& one : der) brought_.add(std::move(one));
  }

  void batch(std::vector<HopItem> items, Answer answer) override {
    if (draining_) {
      const Error stopping = failure(ErrorCode::unavailable, "DRAINING", "the node is stopping");
      return answer(std::vector<HopOutcome>(items.size(), {HopResult::retry, stopping}));
    }
    auto batch = std::make_shared<ArrivingBatch>();
    batch->came = context_.services.clock.steady_now();
    batch->items = std::move(items);
    batch->checked.resize(batch->items.size());
    batch->outcomes.resize(batch->items.size());
    batch->unchecked = batch->items.size();
    batch->unanswered = batch->items.size();
    batch->answer = std::move(answer);
    if (batch->items.empty()) return batch->answer({});
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(batch);
    }
    for (std::size_t i = 0; i < batch->items.size(); ++i) {
      auto check = [self = shared_from_this(), batch, i] { self->check(batch, i); };
      if (lane_ == Lane::urgent) {
        context_.services.workers.post_urgent(std::move(check));
      } else {
        context_.services.workers.post(std::move(check));
      }
    }
  }

 private:
  void check(const std::shared_ptr<ArrivingBatch>& batch, std::size_t i) {
    if (auto* message = std::get_if<HopMessage>(&batch->items[i])) {
      batch->checked[i] = check_hop(context_, peer_, brought_, std::move(*message), batch->came);
    }
    if (--batch->unchecked == 0) write_in_order();
  }

  // Batches are written in the order in which they came, however their checks ended.
  void write_in_order() {
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && waiting_.front()->unchecked == 0) {
      const auto batch = waiting_.front();
      waiting_.pop_front();
      for (std::size_t i = 0; i < batch->items.size(); ++i) write(batch, i);
    }
  }

  void write(const std::shared_ptr<ArrivingBatch>& batch, std::size_t i) {
    const auto done = [self = shared_from_this(), batch, i](HopOutcome outcome) {
      batch->outcomes[i] = std::move(outcome);
      if (--batch->unanswered == 0) batch->answer(std::move(batch->outcomes));
    };
    if (auto* bundle = std::get_if<ReceiptBundle>(&batch->items[i])) {
      return receipts_.arrived(peer_, std::move(*bundle), done);
    }
    CheckedHop& hop = *batch->checked[i];
    if (hop.filing) return store(hop.filing, done);
    if (hop.log_refusal) return log_refusal(hop, done);
    done(*hop.outcome);
  }

  using HopDone = std::function<void(HopOutcome)>;

  // While this copy, which was sent out again and may be for other recipients, was checked as the first: the
  // next time it is found to be none.
  static HopOutcome stored_meanwhile() {
    return {HopResult::not_yet, failure(ErrorCode::unavailable, "STORED_MEANWHILE",
                                        "another copy of the message was stored while this one was checked",
                                        "nothing; it is sent again")};
  }

  // What the unit that stores a message comes to.
  struct Stored {
    bool turn_came = false;  // the rest is set anew whenever it runs
    HopOutcome outcome;
    std::optional<Filed> filed;
  };

  void store(const std::shared_ptr<Filing>& filing, const HopDone& done) {
    auto stored = std::make_shared<Stored>();
    context_.services.messages.submit(
        [self = shared_from_this(), filing, stored](Transaction& transaction) {
          if (!std::exchange(stored->turn_came, true))
            self->context_.times.reached(Stage::queue, filing->message.key);
          return self->write(transaction, *filing, *stored);
        },
        [self = shared_from_this(), filing, stored, done](const Result<void>& committed) {
          self->stored(*filing, *stored, committed, done);
        },
        may_jump_the_queue(filing->message));
  }

  Result<void> write(Transaction& transaction, Filing& filing, Stored& stored) {
    stored.outcome = {HopResult::accepted, {}};
    stored.filed.reset();
    const auto known = transaction.find(filing.message.key);
    if (known && !filing.again) {
      stored.outcome = known_hop(*known, filing);
      if (stored.outcome.result == HopResult::accepted && filing.retry != 0)
        stored.outcome = stored_meanwhile();
      return {};
    }
    auto filed = known ? file_again(context_, transaction, filing) : file(context_, transaction, filing);
    if (!filed) return filed.error();
    stored.filed = std::move(*filed);
    return {};
  }

  void stored(const Filing& filing, const Stored& stored, const Result<void>& committed,
              const HopDone& done) {
    const bool unlawful = !committed && committed.error().code == ErrorCode::failed_precondition;
    if (unlawful || (committed && stored.outcome.result == HopResult::refused)) {
      CheckedHop hop;
      hop.outcome = unlawful ? HopOutcome{HopResult::refused, committed.error()} : stored.outcome;
      hop.refused = filing.message;
      return log_refusal(hop, done);
    }
    if (!committed) return done({HopResult::retry, committed.error()});
    context_.times.reached(Stage::commit, filing.message.key);
    done(stored.outcome);
    if (stored.filed) after_filing(context_, filing, *stored.filed);
  }

  void log_refusal(const CheckedHop& hop, const HopDone& done) {
    const HopOutcome outcome = *hop.outcome;
    context_.services.observer.refused("relay from " + peer_.link, hop.refused.key, outcome.error);
    EvidenceRecord record = record_of(context_, hop.refused, EvidenceEvent::relay_rejection, {});
    if (record.message && record.message->id.empty()) record.message.reset();  // its header could not be read
    record.reason = outcome.error.reason;
    record.detail = outcome.error.message.substr(0, 300);
    context_.services.messages.submit(
        [bytes = codec::write_record(record)](Transaction& transaction) -> Result<void> {
          transaction.append_record(bytes, std::nullopt, "");
          return {};
        },
        [self = shared_from_this(), outcome, done](const Result<void>& committed) {
          done(committed ? outcome : HopOutcome{HopResult::retry, committed.error()});
          self->context_.wakeups.log_grew();
        });
  }

  const Context& context_;
  ReceiptOffice& receipts_;
  const Identity peer_;
  const Lane lane_;
  const std::atomic<bool>& draining_;  // the node's
  BroughtCertificates brought_;
  std::mutex mutex_;  // guards waiting_
  std::deque<std::shared_ptr<ArrivingBatch>> waiting_;
};

}  // namespace

std::shared_ptr<ArrivalStream> make_arrival_stream(const Context& context, ReceiptOffice& receipts,
                                                   const Identity& peer, Lane lane,
                                                   const std::atomic<bool>& draining) {
  return std::make_shared<Arrivals>(context, receipts, peer, lane, draining);
}

}  // namespace tram::exchange
