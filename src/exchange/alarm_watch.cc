#include "exchange/alarm_watch.h"

#include <algorithm>
#include <utility>

#include "exchange/recipient_lines.h"

namespace tram::exchange {
namespace {

constexpr std::size_t kMost = 1000;              // of what is counted at one look
constexpr std::uint64_t kLooksBetweenSlow = 12;  // looks that read more of the store
constexpr Duration kClockJump = std::chrono::minutes(1);

std::string minutes(Duration duration) {
  const auto whole = std::chrono::duration_cast<std::chrono::minutes>(duration).count();
  return std::to_string(whole / 60) + " h " + std::to_string(whole % 60) + " min";
}

bool is_on_its_way(RecipientState state) {
  return state == RecipientState::accepted || state == RecipientState::relayed ||
         state == RecipientState::consigned;
}

}  // namespace

void AlarmWatch::start() {
  const std::lock_guard lock(mutex_);
  stopped_ = false;
  last_ = {context_.now(), context_.services.clock.steady_now()};
  // What was away when the last run ended is so until it comes.
  for (const Alarm& alarm : alarms_.list()) {
    if (alarm.kind == AlarmKind::link_down)
      away_since_.emplace(alarm.subject, last_.steady - context_.settings.alarms.link_down);
  }
  schedule();
}

void AlarmWatch::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  timer_.reset();
}

// REQUIRES: mutex_ is held.
void AlarmWatch::schedule() {
  timer_ = context_.services.timers.after(context_.settings.alarms.interval,
                                          [this] { context_.services.workers.post([this] { look(); }); });
}

void AlarmWatch::look() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
  }
  look_at_clock();
  look_at_links();
  look_at_deadlines();
  look_at_dead_letters();
  look_at_disk();
  if (looks_++ % kLooksBetweenSlow == 0) {
    look_at_inboxes();
    alarms_.tick();
  }
  const std::lock_guard lock(mutex_);
  if (!stopped_) schedule();
}

// The steady clock tells how much time passed; the wall clock should say the same.
void AlarmWatch::look_at_clock() {
  const Offset now{context_.now(), context_.services.clock.steady_now()};
  const Duration jump = (now.wall - last_.wall) - (now.steady - last_.steady);
  const Timestamp expected = now.wall - jump;
  last_ = now;
  alarms_.hold(AlarmKind::clock_differs, context_.clocks.differing());
  if (jump < kClockJump && jump > -kClockJump) return;
  const bool forwards = jump > Duration::zero();
  alarms_.raise(AlarmKind::clock_jumped, forwards ? "forwards" : "backwards",
                "the clock says " + to_rfc3339(now.wall) + " where " + to_rfc3339(expected) +
                    " was due: " + minutes(forwards ? jump : -jump));
  context_.wakeups.greet_again(std::nullopt);  // to compare it with the peers' anew
}

void AlarmWatch::look_at_links() {
  const SteadyTime now = context_.services.clock.steady_now();
  std::vector<AlarmCondition> conditions;
  for (const LinkState& link : links_()) {
    const std::string& name = link.settings.name;
    if (link.connected) {
      away_since_.erase(name);
      continue;
    }
    const Duration away = now - away_since_.try_emplace(name, now).first->second;
    if (away < context_.settings.alarms.link_down) continue;
    conditions.push_back({name,
                          "node " + link.settings.node.text() + " cannot be reached: " + link.last_error,
                          context_.now() - away, 1});
  }
  alarms_.hold(AlarmKind::link_down, conditions);
}

// Nothing if nobody is waited for any more.
std::optional<AlarmCondition> AlarmWatch::lateness(const Deadline& deadline) const {
  const auto message = context_.services.messages.load(deadline.message);
  if (!message) return std::nullopt;
  std::uint64_t count = 0;
  std::string detail;
  for (const RecipientRow& line : context_.services.messages.recipients(deadline.message)) {
    if (!is_on_its_way(line.state)) continue;
    if (count++ == 0)
      detail = "due at " + to_rfc3339(deadline.at) + ", " + line.agency.text() +
               " does not have it: " + std::string(name(line.state));
  }
  if (count == 0) return std::nullopt;
  if (count > 1) detail += "; and " + std::to_string(count - 1) + " more";
  return AlarmCondition{text(message->key), std::move(detail), deadline.at, count};
}

// Some at a look: when the last has been seen, it is known what is late.
void AlarmWatch::look_at_deadlines() {
  const auto passed =
      context_.services.messages.alarms().deadlines_passed(context_.now(), deadline_seen_, kMost);
  auto met = std::make_shared<std::vector<MessageRow>>();
  for (const Deadline& each : passed) {
    if (auto condition = lateness(each)) {
      late_.push_back(std::move(*condition));
    } else {
      met->push_back(each.message);
    }
  }
  if (passed.size() == kMost) {
    deadline_seen_ = passed.back();
  } else {
    deadline_seen_.reset();
    alarms_.hold(AlarmKind::delivery_overdue, std::exchange(late_, {}));
  }
  if (met->empty()) return;
  context_.services.messages.submit(
      [met](Transaction& transaction) -> Result<void> {
        for (const MessageRow message : *met) transaction.alarms().erase_deadline(message);
        return {};
      },
      [](const Result<void>&) {});  // else at the next look
}

void AlarmWatch::look_at_dead_letters() {
  std::map<AgencyCode, AlarmCondition> by_sender;
  for (const DeadLetter& letter : context_.services.messages.dead_letters(kMost)) {
    const Timestamp since = letter.recipient.updated_at;
    const auto [at, fresh] = by_sender.try_emplace(
        letter.key.sender, AlarmCondition{letter.key.sender.text(),
                                          "latest: " + text(letter.key) + " to " +
                                              letter.recipient.agency.text() + ": " + letter.recipient.reason,
                                          since, 1});
    if (fresh) continue;
    ++at->second.count;
    at->second.since = std::min(*at->second.since, since);
  }
  std::vector<AlarmCondition> conditions;
  conditions.reserve(by_sender.size());
  for (auto& [sender, condition] : by_sender) conditions.push_back(std::move(condition));
  alarms_.hold(AlarmKind::dead_letter, conditions);
}

void AlarmWatch::look_at_inboxes() {
  std::vector<AlarmCondition> conditions;
  const Timestamp before = context_.now() - context_.settings.alarms.inbox_not_collected;
  for (const FullInbox& inbox : context_.services.messages.alarms().not_collected(before)) {
    conditions.push_back({inbox.agency.text() + "/" + inbox.inbox,
                          std::to_string(inbox.overdue) + " documents wait for too long, the oldest since " +
                              to_rfc3339(inbox.oldest),
                          inbox.oldest, inbox.overdue});
  }
  alarms_.hold(AlarmKind::inbox_not_collected, conditions);
}

void AlarmWatch::look_at_disk() {
  std::vector<AlarmCondition> conditions;
  if (auto state = context_.disk.low_since())
    conditions.push_back({"data", "new work is refused: " + *std::move(state), std::nullopt, 1});
  alarms_.hold(AlarmKind::store_nearly_full, conditions);
}

}  // namespace tram::exchange
