// What a peer answered: taken, refused for good, needed first, not yet, or try again.
#include <algorithm>

#include "exchange/link_sender.h"

namespace tram::exchange {
namespace {

constexpr Duration kShortestPause = std::chrono::seconds(1);

}  // namespace

void LinkSender::answered(std::uint64_t epoch, std::uint64_t batch, std::vector<HopOutcome> outcomes) {
  std::vector<OutgoingItem> items;
  bool room_again = false;
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_) return;
    room_again = is_full() || !aside_.empty();
    if (auto found = in_flight_.extract(batch)) {
      bytes_in_flight_ -= found.mapped().bytes;
      items = std::move(found.mapped().items);
    }
  }
  bool fits = !items.empty() && items.size() == outcomes.size();
  for (std::size_t i = 0; fits && i < items.size(); ++i) {
    const HopResult result = outcomes[i].result;  // receipts need neither certificate nor content
    fits = items[i].message || (result != HopResult::need_certificate && result != HopResult::need_content);
  }
  if (!fits) {
    return fail(epoch, failure(ErrorCode::internal, "ANSWER_MALFORMED",
                               "the peer answered a batch that was not sent so",
                               "look at the peer's log; the link is opened again"));
  }
  std::vector<OutgoingItem> done, certificates, not_yet;
  std::vector<RefusedHop> refused;
  std::optional<Error> retry;
  for (std::size_t i = 0; i < items.size(); ++i) {
    switch (outcomes[i].result) {
      case HopResult::accepted:
        if (items[i].message) context_.times.reached(Stage::peer, items[i].key);
        done.push_back(std::move(items[i]));
        break;
      case HopResult::refused:
        refused.emplace_back(std::move(items[i]), std::move(outcomes[i].error));
        break;
      case HopResult::need_certificate:
        certificates.push_back(std::move(items[i]));
        break;
      case HopResult::need_content:
        provide_contents(epoch, items[i]);
        break;
      case HopResult::not_yet:
        not_yet.push_back(std::move(items[i]));
        break;
      case HopResult::retry:
        retry = std::move(outcomes[i].error);
        break;
    }
  }
  if (!done.empty() || !refused.empty()) settle(epoch, std::move(done), std::move(refused));
  if (!certificates.empty()) provide_certificates(epoch, std::move(certificates));
  if (!not_yet.empty()) postpone(epoch, std::move(not_yet));
  if (retry) return put_off(epoch, *retry);
  if (room_again) schedule_pump();
}

// The link is not at fault: opening it again is no reason to try at once.
void LinkSender::put_off(std::uint64_t epoch, const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (epoch == epoch_) put_off_ = error.reason != "DRAINING";
  }
  fail(epoch, error);
}

// They stay claimed, and hold nobody up: only if they are too many the link waits as a whole.
void LinkSender::postpone(std::uint64_t epoch, std::vector<OutgoingItem> items) {
  const SteadyTime now = context_.services.clock.steady_now();
  const std::size_t count = items.size();
  bool kept = false;
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_) return;
    kept = postponed_.add(std::move(items), now);
    items_in_flight_ -= std::min(items_in_flight_, count);
    if (kept) ask_again_at(*postponed_.next(), now);
  }
  if (kept) return schedule_pump();
  fail(epoch, failure(ErrorCode::resource_exhausted, "TOO_MANY_POSTPONED",
                      "the peer takes very many documents only later, for their signing times are ahead",
                      "compare the clocks of both nodes"));
}

// REQUIRES: mutex_ is held.
void LinkSender::ask_again_at(SteadyTime due, SteadyTime now) {
  if (ask_again_) return;
  ask_again_ = context_.services.timers.after(std::max<Duration>(due - now, Duration::zero()), [this] {
    post([this] {
      {
        const std::lock_guard lock(mutex_);
        ask_again_.reset();
        const SteadyTime fired = context_.services.clock.steady_now();
        // What is due is sent by the pump at once, the next one by its own timer.
        if (const auto next = postponed_.next()) ask_again_at(std::max(*next, fired + kShortestPause), fired);
      }
      schedule_pump();
    });
  });
}

// What the peer took leaves the queue; what it refused for good becomes a dead letter, its sender is told.
void LinkSender::settle(std::uint64_t epoch, std::vector<OutgoingItem> done,
                        std::vector<RefusedHop> refused) {
  const std::size_t count = done.size() + refused.size();
  auto shared_done = std::make_shared<const std::vector<OutgoingItem>>(std::move(done));
  auto shared_refused = std::make_shared<const std::vector<RefusedHop>>(std::move(refused));
  auto settled = std::make_shared<SettledHops>();
  context_.services.messages.submit(
      [this, shared_done, shared_refused, settled](Transaction& transaction) -> Result<void> {
        *settled = settle_hops(context_, transaction, *shared_done, *shared_refused);
        return {};
      },
      [this, epoch, count, settled](const Result<void>& committed) {
        if (!committed) return put_off(epoch, committed.error());
        after_settling(context_, *settled);
        if (settled->unblocked) context_.wakeups.outgoing(link_.name, std::nullopt);
        {
          const std::lock_guard lock(mutex_);
          if (epoch != epoch_) return;
          put_off_ = false;
          attempts_ = 0;
          items_in_flight_ -= std::min(items_in_flight_, count);
        }
        schedule_pump();
      });
}

}  // namespace tram::exchange
