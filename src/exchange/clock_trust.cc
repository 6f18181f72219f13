#include "exchange/clock_trust.h"

#include <algorithm>

namespace tram::exchange {
namespace {

std::string in_words(Duration difference) {
  if (difference < Duration::zero()) difference = -difference;
  const auto seconds = std::chrono::round<std::chrono::seconds>(difference).count();
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min " +
         std::to_string(seconds % 60) + " s";
}

}  // namespace

ClockTrust::ClockTrust(const Clock& clock, Duration tolerance)
    : clock_(clock), tolerance_(tolerance), even_(offset()), least_(even_), most_(even_) {}

ClockTrust::Offset ClockTrust::offset() const {
  return clock_.now().time_since_epoch() - clock_.steady_now().time_since_epoch();
}

ClockTrust::Offset ClockTrust::own() const {
  const Offset now = offset();
  least_ = std::min(least_, now);
  most_ = std::max(most_, now);
  return now;
}

Duration ClockTrust::drift() const {
  const std::lock_guard lock(mutex_);
  static_cast<void>(own());
  return most_ - least_;
}

bool ClockTrust::agree(Offset one, Offset other) const {
  return one - other <= tolerance_ && other - one <= tolerance_;
}

void ClockTrust::peer_said(const std::string& link, Timestamp time) {
  const Offset theirs = time.time_since_epoch() - clock_.steady_now().time_since_epoch();
  const std::lock_guard lock(mutex_);
  const Offset ours = own();
  peers_[link] = theirs;
  if (agree(theirs, ours)) even_ = ours;
}

bool ClockTrust::in_doubt() const {
  const Offset ours = own();
  const auto total = static_cast<std::ptrdiff_t>(peers_.size());
  const auto agreeing =
      std::count_if(peers_.begin(), peers_.end(), [&](const auto& peer) { return agree(peer.second, ours); });
  return total - agreeing > agreeing + (agree(even_, ours) ? 1 : 0);
}

std::optional<Error> ClockTrust::doubt() const {
  const std::lock_guard lock(mutex_);
  if (!in_doubt()) return std::nullopt;
  return failure(ErrorCode::unavailable, "CLOCK_IN_DOUBT",
                 "this node's clock says " + to_rfc3339(clock_.now()) +
                     ", its peers' clocks say otherwise; nothing was stored",
                 "send the same again later; the node's operator sets its clock");
}

bool ClockTrust::differs(const std::string& link) const {
  const std::lock_guard lock(mutex_);
  const auto peer = peers_.find(link);
  return peer != peers_.end() && !agree(peer->second, own());
}

std::vector<AlarmCondition> ClockTrust::differing() const {
  const std::lock_guard lock(mutex_);
  const bool stopped = in_doubt();
  const Offset ours = own();
  const Timestamp now = clock_.now();
  std::vector<AlarmCondition> out;
  for (const auto& [link, theirs] : peers_) {
    if (agree(theirs, ours)) continue;
    AlarmCondition condition;
    condition.subject = link;
    condition.detail = "its clock says " + to_rfc3339(now + (theirs - ours)) + ", the one here " +
                       to_rfc3339(now) + ": " + in_words(theirs - ours) + " apart" +
                       (stopped ? "; more peers differ than agree: this node takes nothing new" : "");
    out.push_back(std::move(condition));
  }
  return out;
}

}  // namespace tram::exchange
