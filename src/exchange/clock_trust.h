// Whether this node's clock may be believed: it is compared with the peers' clocks, and with its own past.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "exchange/alarms.h"

namespace tram::exchange {

/// Peers say their time in each hello. A clock that differs by more than the tolerance is one of the two; who
/// is wrong, the majority says: this node's own vote counts as long as its clock ran evenly since it started
/// or since a peer last agreed with it. While more peers differ than agree, the clock is in doubt, and the
/// node takes nothing new: what it sealed would carry a wrong time for good, and what it refused for its time
/// would be a dead letter that a right clock would have taken. With one peer that differs it is one word
/// against the other: then nothing is held up, but nothing that comes over that link is refused for its time
/// either. Nothing is lost in any case; what waits goes on by itself when the clocks agree. Threads: any.
class ClockTrust {
 public:
  /// `tolerance`: how far two clocks may differ.
  ClockTrust(const Clock& clock, Duration tolerance);

  /// A peer's hello, over the link of this name.
  void peer_said(const std::string& link, Timestamp time);
  /// UNAVAILABLE, CLOCK_IN_DOUBT, while that is so.
  [[nodiscard]] std::optional<Error> doubt() const;
  /// Whether what comes over this link must not be refused for its time: its peer's clock differs.
  [[nodiscard]] bool differs(const std::string& link) const;
  /// How far this clock went away from the machine's steady one, forwards and backwards, since the start: a
  /// time that was noted meanwhile may be wrong by so much. As far as it was looked at: doubt() looks.
  [[nodiscard]] Duration drift() const;
  /// Links whose peer's clock differs, with both times.
  [[nodiscard]] std::vector<AlarmCondition> differing() const;

 private:
  using Offset = Duration;  // of a wall clock, over this machine's steady clock

  [[nodiscard]] Offset offset() const;
  [[nodiscard]] Offset own() const;  // REQUIRES: mutex_ is held
  [[nodiscard]] bool agree(Offset one, Offset other) const;
  [[nodiscard]] bool in_doubt() const;  // REQUIRES: mutex_ is held

  const Clock& clock_;
  const Duration tolerance_;
  mutable std::mutex mutex_;  // guards what follows
  Offset even_;               // the own clock's, where it ran evenly since
  mutable Offset least_;
  mutable Offset most_;
  std::map<std::string, Offset> peers_;
};

}  // namespace tram::exchange
