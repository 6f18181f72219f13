// After a restore: what peers have comes back before anything new is accepted, and what nobody has is named.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exchange/alarms.h"
#include "exchange/context.h"
#include "exchange/held_lists.h"

namespace tram::exchange {

/// A node on a restored copy accepts no submissions before each peer has said that it handed back what went
/// over its link since the copy was taken, or an operator goes on without it; that peer still hands back when
/// it comes. Then the gap is named, in log, alarm and evidence: the entries that the former log had, as far
/// as a peer keeps a checkpoint of it, and the copy has not. What peers sent is back by then. What local
/// systems had sent nobody hands back: what reached a peer, that peer lists (HeldLists), of the rest nobody
/// knows. They may send it again under the same ids: what went out before is known to the next node by its
/// submission's digest, and not delivered twice. Threads: any.
class Reconciliation {
 public:
  using Done = std::function<void(Result<std::vector<std::string>>)>;

  Reconciliation(const Context& context, Alarms& alarms);

  void start();
  void stop();  ///< as Node::stop()
  /// A peer's hello, over the link of this name.
  void peer_said(const std::string& link, const PeerHello& hello);
  /// UNAVAILABLE, RESTORING, while submissions must wait.
  [[nodiscard]] std::optional<Error> waiting() const;
  /// Since when the peer of this link is to hand back; nothing if it did, or this is no restored node.
  [[nodiscard]] std::optional<Timestamp> lacks_since(const std::string& link) const;
  /// See HeldLists::lost().
  [[nodiscard]] LostMessages lost() const { return held_.lost(); }
  /// An operator goes on without the peer of a link: an evidence record with the certificate. `done` once, on
  /// any thread, with the links still waited for. PERMISSION_DENIED; NOT_FOUND if it is not waited for.
  void go_on_without(const Identity& who, const std::string& link, const std::string& why, Done done);

 private:
  void list(const std::string& link);
  void list_later(const std::string& link, const Error& error);
  void settled(const std::string& link);
  void proceed();
  void finish();
  void try_later();
  void finished(const std::string& gap);
  void tell() const;
  void tell_gap(const std::string& gap);
  [[nodiscard]] std::string gap() const;
  [[nodiscard]] std::vector<std::string> waited_for() const;  // REQUIRES: mutex_ is held
  [[nodiscard]] std::vector<std::string> owed() const;        // REQUIRES: mutex_ is held

  // Held while others are told, so that the last word is the latest; never together with being called back.
  mutable std::mutex telling_;
  const Context& context_;
  Alarms& alarms_;
  const std::optional<Restored> restored_;
  HeldLists held_;
  mutable std::mutex mutex_;  // guards what follows; never held while calling out
  bool open_ = true;          // submissions are accepted
  bool finishing_ = false;
  bool stopped_ = false;
  std::unique_ptr<TimerHandle> timer_;
  std::set<std::string> owing_;    // links whose peers have not handed back
  std::set<std::string> skipped_;  // of those: an operator went on without them
  struct Listing {
    std::string error;  // of the last try
    std::unique_ptr<TimerHandle> timer;
  };
  std::map<std::string, Listing> listing_;  // of those: has handed back, and lists what it holds
  std::uint64_t known_size_ = 0;            // of the former log, by the peers' word
};

}  // namespace tram::exchange
