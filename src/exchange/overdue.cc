#include "exchange/overdue.h"

#include <algorithm>

#include "exchange/hop_settlement.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kAtOnce = 256;

}  // namespace

void Overdue::start() {
  const std::lock_guard lock(mutex_);
  stopped_ = false;
  schedule();
}

void Overdue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  timer_.reset();
}

// REQUIRES: mutex_ is held.
void Overdue::schedule() {
  const Duration pause =
      std::clamp<Duration>(context_.settings.patience / 64, std::chrono::seconds(1), std::chrono::hours(1));
  timer_ =
      context_.services.timers.after(pause, [this] { context_.services.workers.post([this] { look(); }); });
}

void Overdue::look() {
  if (!context_.clocks.doubt()) {
    const Timestamp before = context_.now() - context_.settings.patience - context_.clocks.drift();
    auto items = context_.services.messages.overdue_outgoing(before, kAtOnce);
    if (!items.empty()) give_up(std::move(items));
  }
  const std::lock_guard lock(mutex_);
  if (!stopped_) schedule();
}

void Overdue::give_up(std::vector<OutgoingItem> items) {
  auto shared = std::make_shared<const std::vector<OutgoingItem>>(std::move(items));
  auto settled = std::make_shared<SettledHops>();
  context_.services.messages.submit(
      [this, shared, settled](Transaction& transaction) -> Result<void> {
        *settled = give_up_hops(context_, transaction, *shared);
        return {};
      },
      [this, settled](const Result<void>& committed) {
        if (!committed) return;  // at the next look
        after_settling(context_, *settled);
        context_.wakeups.all_links();
      });
}

}  // namespace tram::exchange
