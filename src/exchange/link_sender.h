// Sending to one peer: claims what waits for the link, sends it in batches, settles what the peer answered,
// and tries again with growing pauses while the peer is away.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exchange/context.h"
#include "exchange/hop_settlement.h"

namespace tram::exchange {

/// Threads: any. Destroyed after the executors have stopped.
class LinkSender {
 public:
  LinkSender(const Context& context, LinkSettings link);
  ~LinkSender();

  void start();
  void stop();
  /// Something new waits.
  void wake();
  /// The peer was heard of: the next try is now.
  void peer_is_up();
  [[nodiscard]] LinkState state() const;

 private:
  class Events;
  struct Batch {
    std::vector<OutgoingItem> items;
  };
  struct Claimed {
    std::uint64_t epoch = 0;  ///< of the stream they were claimed for
    std::vector<OutgoingItem> items;
  };

  void open();
  void opened(std::uint64_t epoch, const PeerHello& hello);
  void closed(std::uint64_t epoch, const Error& error);
  void drained(std::uint64_t epoch);
  void answered(std::uint64_t epoch, std::uint64_t batch, std::vector<HopOutcome> outcomes);

  void schedule_pump();
  void pump();
  [[nodiscard]] Claimed claim();
  void send(std::uint64_t epoch, std::vector<OutgoingItem> items);
  void transmit(std::uint64_t epoch, std::vector<OutgoingItem> items, std::vector<HopItem> loaded);

  void settle(std::uint64_t epoch, std::vector<OutgoingItem> done, std::vector<RefusedHop> refused);
  void provide_certificates(std::uint64_t epoch, std::vector<OutgoingItem> items);
  void provide_contents(std::uint64_t epoch, const OutgoingItem& item);
  void upload_next(std::uint64_t epoch, const OutgoingItem& item, std::size_t attachment);
  void fail(std::uint64_t epoch, const Error& error);

  const Context& context_;
  const LinkSettings link_;
  mutable std::mutex mutex_;  // guards what follows; never held while calling out
  bool stopped_ = false;
  std::uint64_t epoch_ = 0;  // of the stream; answers of older ones are not heard
  std::shared_ptr<PeerStream> stream_;
  bool open_ = false;
  std::string owner_;  // of this stream's claims
  std::uint64_t next_batch_ = 1;
  std::map<std::uint64_t, Batch> in_flight_;
  std::size_t items_in_flight_ = 0;
  bool pumping_ = false;
  bool pump_again_ = false;
  std::uint32_t attempts_ = 0;
  std::string last_error_;
  std::optional<Timestamp> next_try_;
  std::unique_ptr<TimerHandle> retry_;
  PeerHello hello_;
};

}  // namespace tram::exchange
