// What a peer that was restored from a backup lost is sent again; what it had sent itself is listed for it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "exchange/context.h"

namespace tram::exchange {

/// A restored peer says since when it may lack what was sent to it. Everything that may have gone over its
/// link since then is queued once more, as it went: what was stored here since then, and before by as long as
/// it may have waited. What the peer still has it knows, and takes no second time; what operators ended, and
/// dead letters, do not go. When the last of it is off the queue the link is opened again, and the peer told
/// so in the hello: it waits for that. Threads: any.
class HandingBack {
 public:
  explicit HandingBack(const Context& context) : context_(context) {}

  /// On a worker. `hello`: has lacks_since. Does nothing if it was done for this link and time since this
  /// node started.
  void peer_lacks(const std::string& link, const PeerHello& hello);
  [[nodiscard]] PeerGreeting greeting(const std::string& link) const;
  /// A page of what came over the link from its peer since then, by the order in which it was stored here.
  /// Reads the store: from workers.
  [[nodiscard]] HeldPage held(const std::string& link, Timestamp since, std::int64_t after) const;
  void stop();

 private:
  struct Work {
    Timestamp since;
    std::string former_origin;
    std::deque<QueueRow> queued;  // and perhaps not yet answered
    bool over = false;
    std::unique_ptr<TimerHandle> timer;
  };

  // The steps of the work that was begun for `since`. Each does nothing once the link's peer was restored
  // anew and says another time: the work for that one is under way.
  void next(const std::string& link, Timestamp since, MessageRow after);
  void look_later(const std::string& link, Timestamp since);
  void later(const std::string& link, Timestamp since, std::function<void()> task);
  void look(const std::string& link, Timestamp since);
  void all_is_back(const std::string& link, Timestamp since);

  // REQUIRES: mutex_ is held. Null: the work is no longer this one.
  [[nodiscard]] Work* work_for(const std::string& link, Timestamp since);
  [[nodiscard]] std::deque<QueueRow> take_queued(const std::string& link, Timestamp since);
  void still_queued(const std::string& link, Timestamp since, std::deque<QueueRow> left);

  const Context& context_;
  mutable std::mutex mutex_;  // guards what follows
  bool stopped_ = false;
  std::map<std::string, Work> work_;  // by link
};

}  // namespace tram::exchange
