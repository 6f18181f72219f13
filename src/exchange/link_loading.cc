// What goes out on a link: claimed in its order, loaded and sent as far as the window of unanswered items and
// bytes reaches.
#include <algorithm>
#include <iterator>
#include <utility>

#include "exchange/hop_loading.h"
#include "exchange/link_sender.h"

namespace tram::exchange {

LinkSender::Claimed LinkSender::claim() {
  Claimed out;
  std::string owner;
  std::size_t room = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!open_ || !stream_ || stopped_ || draining_ || peer_drains_) return {};
    if (items_in_flight_ >= context_.settings.link_window || is_full()) return {};
    owner = owner_;
    out.epoch = epoch_;
    room = std::min(context_.settings.batch_items, context_.settings.link_window - items_in_flight_);
    out.items = take_claimed(room);
    if (!out.items.empty()) {
      items_in_flight_ += out.items.size();
      return out;
    }
    items_in_flight_ += room;
  }
  out.items = context_.services.messages.claim_outgoing(link_.name, classes(), owner, room);
  {
    const std::lock_guard lock(mutex_);
    if (out.epoch == epoch_) {
      items_in_flight_ -= room - out.items.size();
      return out;
    }
  }
  // The stream failed meanwhile, and its claims were given back before these were made.
  context_.services.messages.release_claims(owner);
  schedule_pump();
  return {};
}

// What was claimed before and may go now. REQUIRES: mutex_ is held.
std::vector<OutgoingItem> LinkSender::take_claimed(std::size_t most) {
  if (aside_.empty()) return postponed_.take_due(context_.services.clock.steady_now(), most);
  const auto end = aside_.begin() + static_cast<std::ptrdiff_t>(std::min(most, aside_.size()));
  std::vector<OutgoingItem> out(std::move_iterator(aside_.begin()), std::move_iterator(end));
  aside_.erase(aside_.begin(), end);
  return out;
}

// Of bytes, with `more` that are loaded. REQUIRES: mutex_ is held.
bool LinkSender::is_full(std::size_t more) const { return bytes_in_flight_ + more >= kBytesInFlight; }

// Loads claimed items and sends them, a new frame whenever one is full.
void LinkSender::send(std::uint64_t epoch, std::vector<OutgoingItem> items) {
  Batch batch;
  std::vector<HopItem> loaded;
  PeerHello peer;
  {
    const std::lock_guard lock(mutex_);
    peer = hello_;
  }
  const std::size_t limit = std::min<std::size_t>(context_.settings.batch_bytes,
                                                  peer.max_batch_bytes == 0 ? 1 << 20 : peer.max_batch_bytes);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (put_aside(epoch, std::span(items).subspan(i), batch.bytes)) break;
    OutgoingItem& item = items[i];
    auto hop = load_hop(context_, item, peer);
    if (!hop && is_permanent(hop.error())) {
      settle(epoch, {}, {{std::move(item), hop.error()}});
      continue;
    }
    if (!hop) return fail(epoch, hop.error());
    const std::size_t size = wire_size(*hop);
    if (!batch.items.empty() && batch.bytes + size > limit) {
      transmit(epoch, std::exchange(batch, {}), std::move(loaded));
      loaded.clear();
    }
    batch.bytes += size;
    batch.items.push_back(std::move(item));
    loaded.push_back(std::move(*hop));
  }
  if (!batch.items.empty()) transmit(epoch, std::move(batch), std::move(loaded));
}

// If the window is full with what is `loaded`: these wait, claimed, before all others until it is not.
bool LinkSender::put_aside(std::uint64_t epoch, std::span<OutgoingItem> items, std::size_t loaded) {
  const std::lock_guard lock(mutex_);
  if (epoch != epoch_ || !is_full(loaded)) return false;
  aside_.insert(aside_.begin(), std::move_iterator(items.begin()), std::move_iterator(items.end()));
  items_in_flight_ -= std::min(items_in_flight_, items.size());
  return true;
}

void LinkSender::transmit(std::uint64_t epoch, Batch batch, std::vector<HopItem> loaded) {
  for (const OutgoingItem& item : batch.items) {
    if (item.message) context_.times.reached(Stage::relay, item.key);
  }
  std::shared_ptr<PeerStream> stream;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_ || !stream_) return;  // the claims were given back
    stream = stream_;
    number = next_batch_++;
    bytes_in_flight_ += batch.bytes;
    in_flight_[number] = std::move(batch);
  }
  stream->send(number, std::move(loaded));
}

}  // namespace tram::exchange
