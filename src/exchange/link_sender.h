// Sending to one peer on one lane: claims what waits for the link in the lane's classes, sends it in batches,
// settles what the peer answered, and tries again with growing pauses while the peer is away.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "exchange/context.h"
#include "exchange/hop_settlement.h"
#include "exchange/link_uploads.h"
#include "exchange/postponed_hops.h"

namespace tram::exchange {

/// Threads: any. Destroyed after the executors have stopped.
class LinkSender {
 public:
  /// Bytes of what is sent and not yet answered: it is in memory. One item may go beyond. Documents of usual
  /// size come to Settings::link_window items first.
  static constexpr std::size_t kBytesInFlight = 8 << 20;

  /// `uploads` outlives it.
  LinkSender(const Context& context, LinkSettings link, Lane lane, LinkUploads& uploads);
  ~LinkSender();

  void start();
  void stop();
  /// Sends nothing new, lets what is in flight be answered, then ends the stream for good: `done` once, on
  /// any thread.
  void drain(std::function<void()> done);
  /// Something new waits.
  void wake();
  /// The peer was heard of: the next try is now.
  void peer_is_up();
  /// Opens the stream anew, so that both ends say hello, and what they know; one that is just being opened as
  /// soon as it is open.
  void greet_again();
  /// But for `waiting`, which the lanes share.
  [[nodiscard]] LinkState state() const;
  [[nodiscard]] static Lane lane_of(int priority) { return priority > 0 ? Lane::urgent : Lane::routine; }

 private:
  class Events;
  struct Batch {
    std::vector<OutgoingItem> items;
    std::size_t bytes = 0;  ///< of the loaded items, on the wire
  };
  struct Claimed {
    std::uint64_t epoch = 0;  ///< of the stream they were claimed for
    std::vector<OutgoingItem> items;
  };

  void open();
  void opened(std::uint64_t epoch, const PeerHello& hello);
  void closed(std::uint64_t epoch, const Error& error);
  void peer_drains(std::uint64_t epoch);
  void answered(std::uint64_t epoch, std::uint64_t batch, std::vector<HopOutcome> outcomes);

  void schedule_pump();
  void pump();
  void wind_up();
  void tell_drained();
  [[nodiscard]] Claimed claim();
  [[nodiscard]] std::vector<OutgoingItem> take_claimed(std::size_t most);
  [[nodiscard]] bool is_full(std::size_t more = 0) const;
  void send(std::uint64_t epoch, std::vector<OutgoingItem> items);
  [[nodiscard]] bool put_aside(std::uint64_t epoch, std::span<OutgoingItem> items, std::size_t loaded);
  void transmit(std::uint64_t epoch, Batch batch, std::vector<HopItem> loaded);

  void settle(std::uint64_t epoch, std::vector<OutgoingItem> done, std::vector<RefusedHop> refused);
  void put_off(std::uint64_t epoch, const Error& error);
  void postpone(std::uint64_t epoch, std::vector<OutgoingItem> items);
  void ask_again_at(SteadyTime due, SteadyTime now);
  void provide_certificates(std::uint64_t epoch, std::vector<OutgoingItem> items);
  void provide_contents(std::uint64_t epoch, const OutgoingItem& item);
  void upload_next(std::uint64_t epoch, const OutgoingItem& item, std::size_t attachment);
  void not_uploaded(std::uint64_t epoch, const OutgoingItem& item, const Error& error);
  [[nodiscard]] Classes classes() const { return lane_ == Lane::urgent ? Classes{1, 4} : Classes{0, 0}; }
  void post(std::function<void()> task) const;
  void fail(std::uint64_t epoch, const Error& error);

  const Context& context_;
  const LinkSettings link_;
  const Lane lane_;
  const std::string name_;  // in logs
  LinkUploads& uploads_;
  mutable std::mutex mutex_;  // guards what follows; never held while calling out
  bool stopped_ = false;
  bool draining_ = false;  // this node stops
  std::function<void()> when_drained_;
  std::uint64_t epoch_ = 0;  // of the stream; answers of older ones are not heard
  std::shared_ptr<PeerStream> stream_;
  bool open_ = false;
  bool greet_again_ = false;  // as soon as the stream is open: its hello may have been written before
  bool peer_drains_ = false;  // the peer stops: it wants nothing new
  bool finishing_ = false;    // the peer was told that nothing more comes
  std::string owner_;         // of this stream's claims
  std::uint64_t next_batch_ = 1;
  std::map<std::uint64_t, Batch> in_flight_;
  std::size_t items_in_flight_ = 0;
  std::size_t bytes_in_flight_ = 0;  // of the batches
  std::deque<OutgoingItem> aside_;   // claimed by this stream, not loaded: the window is full of bytes
  PostponedHops postponed_;          // claimed by this stream; not in flight
  std::unique_ptr<TimerHandle> ask_again_;
  bool pumping_ = false;
  bool pump_again_ = false;
  std::uint32_t attempts_ = 0;
  bool put_off_ =
      false;  // no wire is at fault: the peer takes nothing for now, or nothing can be written here
  std::string last_error_;
  std::optional<Timestamp> next_try_;
  std::unique_ptr<TimerHandle> retry_;
  PeerHello hello_;
};

}  // namespace tram::exchange
