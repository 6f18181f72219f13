#include "tramctl/track_text.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <optional>
#include <utility>

#include "model/message.h"
#include "tramctl/arguments.h"
#include "tramctl/text.h"
#include "tramctl/verdict_text.h"

namespace tram::client {
namespace {

using Words = std::pair<std::string_view, std::string_view>;
constexpr std::array<Words, 12> kEvents{{
    {"SubmissionAcceptance", "accepted: stored, signed and logged"},
    {"SubmissionRejection", "refused"},
    {"RelayAcceptance", "taken over from the node before"},
    {"RelayRejection", "refused by this node for good"},
    {"RelayFailure", "could not be passed on in time"},
    {"ContentConsignment", "laid into the recipient's inbox"},
    {"ContentHandover", "handed over to the document system"},
    {"ContentHandoverFailure", "could not be handed over"},
    {"StatusAccepted", "status message accepted"},
    {"RegistryChange", "registry changed"},
    {"OperatorAct", "an operator acted"},
    {"ReceiptVerified", "receipt of another node verified"},
}};

constexpr std::array<std::string_view, 4> kStates{"accepted", "relayed", "in the inbox", "handed over"};

int rank_of(const std::string& state) {
  const auto found = std::find(kStates.begin(), kStates.end(), state);
  return found == kStates.end() ? -1 : static_cast<int>(found - kStates.begin());
}

bool status_reached(unsigned wanted, unsigned last) {
  const auto is_stage = [](unsigned code) { return code == 1 || (code >= 3 && code <= 6); };
  return last == wanted || (is_stage(wanted) && is_stage(last) && last > wanted);
}

std::string status_words(unsigned number) {
  const Result<StatusCode> code = status_code_from(number);
  return code ? two_digits(*code) + " " + std::string(name(*code)) : std::to_string(number);
}

std::string duration_between(const std::optional<Timestamp>& from, const std::optional<Timestamp>& to) {
  return from && to ? duration_text(*to - *from) : "";
}

std::optional<Timestamp> time_of(const std::string& text) {
  const Result<Timestamp> time = from_rfc3339(text);
  return time ? std::optional(*time) : std::nullopt;
}

// A node's detail of a status begins with the status's name, which the words say already.
std::string detail_beside(const std::string& words, const std::string& detail) {
  const std::string first = detail.substr(0, detail.find(": "));
  if (!words.ends_with(" " + first)) return shown(detail);
  return first.size() == detail.size() ? "" : shown(detail.substr(first.size() + 2));
}

std::string events_text(const v1::TrackResponse& track, bool timing) {
  Table table({"WHEN", "WHERE", "WHAT", "FOR", "BY", "PROVEN", "STAGE", "SINCE START"});
  std::optional<Timestamp> first, previous;
  for (const v1::TrackEvent& event : track.events()) {
    const std::optional<Timestamp> time = time_of(event.time());
    std::string what = event_words(event.event());
    if (const std::string more = detail_beside(what, event.detail()); !more.empty()) what += ": " + more;
    table.add({timing ? shown(event.time()) : local_time(event.time()), shown(event.node()), what,
               shown(joined({event.recipients().begin(), event.recipients().end()})), shown(event.by()),
               event.proven() ? "yes" : "-", duration_between(previous, time),
               duration_between(first, time)});
    if (!first) first = time;
    if (time) previous = time;
  }
  return table.text();
}

// What the node asked still knows of it.
std::string stages_text(const v1::TrackResponse& track) {
  if (track.stages().empty()) return "\n\nthe node that was asked no longer knows where its time went";
  Table table({"STAGE AT THIS NODE", "MICROSECONDS"});
  std::uint64_t sum = 0;
  for (const v1::StageTime& one : track.stages()) {
    table.add({shown(one.stage()), std::to_string(one.micros())});
    sum += one.micros();
  }
  table.add({"all", std::to_string(sum)});
  return "\n\n" + table.text();
}

std::string recipients_text(const v1::TrackResponse& track) {
  Table table({"RECIPIENT", "STATE", "LAST STATUS", "RECEIPTS VERIFIED", "WHY"});
  for (const v1::RecipientTrack& one : track.recipients())
    table.add({shown(one.recipient()), shown(one.state()),
               one.last_status() == 0 ? "-" : status_words(one.last_status()),
               std::to_string(one.verified_receipts()), shown(one.reason())});
  return table.text();
}

template <class List>
boost::json::array texts(const List& list) {
  boost::json::array out;
  for (const std::string& text : list) out.emplace_back(text);
  return out;
}

}  // namespace

Result<Goal> goal_from(const std::string& text) {
  if (text.empty()) return Goal{};
  if (text == "receipts") return Goal{Goal::Kind::receipts, 3, 0};
  std::string state = text;
  std::replace(state.begin(), state.end(), '-', ' ');
  if (const int rank = rank_of(state); rank >= 0) return Goal{Goal::Kind::state, rank, 0};
  if (text.starts_with("status-"))
    if (const Result<StatusCode> code = status_from(text.substr(7)))
      return Goal{Goal::Kind::status, 0, static_cast<unsigned>(*code)};
  return invalid("--until", "GOAL_UNKNOWN", "\"" + shown(text) + "\" is nothing to wait for",
                 "write relayed, in-the-inbox, handed-over, receipts or status-03");
}

bool reached(const Goal& goal, const v1::TrackResponse& track) {
  if (goal.kind == Goal::Kind::none) return true;
  return !track.recipients().empty() &&
         std::all_of(track.recipients().begin(), track.recipients().end(),
                     [&](const v1::RecipientTrack& one) {
                       if (goal.kind == Goal::Kind::status)
                         return status_reached(goal.status, one.last_status());
                       const bool there = rank_of(one.state()) >= goal.rank;
                       return there && (goal.kind == Goal::Kind::state || one.verified_receipts() > 0);
                     });
}

bool has_dead_letter(const v1::TrackResponse& track) {
  return std::any_of(track.recipients().begin(), track.recipients().end(),
                     [](const v1::RecipientTrack& one) { return one.state() == "dead letter"; });
}

std::string event_words(const std::string& event) {
  for (const auto& [known, words] : kEvents)
    if (event == known) return std::string(words);
  constexpr std::string_view kStatus = "Status ";
  if (event.starts_with(kStatus))
    if (const Result<StatusCode> code = status_from(event.substr(kStatus.size())))
      return "status " + status_words(static_cast<unsigned>(*code));
  return shown(event);
}

std::string track_text(const v1::TrackResponse& track, bool timing) {
  std::string out = shown(track.key().sender()) + "/" + shown(track.key().id()) + "  " +
                    (track.kind() == v1::MESSAGE_KIND_STATUS ? "status" : "document") + ", " +
                    std::string(name(static_cast<Priority>(std::clamp<int>(track.priority(), 0, 4))));
  out += "\n" + shown(track.verdict().who()) + " at " + local_time(track.signed_at()) +
         "; verdict: " + verdict_text(track.verdict());
  if (!track.verdict().subject().empty()) out += "\ncertificate of " + shown(track.verdict().subject());
  if (const auto time = time_of(track.signed_at()))
    out += timing ? "\ntimes in UTC" : "\ntimes local, UTC" + local_zone(*time);
  out += "\n\n" + recipients_text(track) + "\n\n" + events_text(track, timing);
  return timing ? out + stages_text(track) : out;
}

boost::json::object track_json(const v1::TrackResponse& track) {
  boost::json::object out;
  out["sender"] = track.key().sender();
  out["id"] = track.key().id();
  out["kind"] = track.kind() == v1::MESSAGE_KIND_STATUS ? "status" : "dispatch";
  out["priority"] = static_cast<int>(track.priority());
  out["signed_at"] = track.signed_at();
  out["verdict"] = verdict_json(track.verdict());
  boost::json::array recipients, events;
  for (const v1::RecipientTrack& one : track.recipients())
    recipients.emplace_back(boost::json::object{{"recipient", one.recipient()},
                                                {"state", one.state()},
                                                {"reason", one.reason()},
                                                {"last_status", one.last_status()},
                                                {"verified_receipts", one.verified_receipts()}});
  for (const v1::TrackEvent& event : track.events())
    events.emplace_back(boost::json::object{{"time", event.time()},
                                            {"node", event.node()},
                                            {"event", event.event()},
                                            {"recipients", texts(event.recipients())},
                                            {"by", event.by()},
                                            {"detail", event.detail()},
                                            {"proven", event.proven()}});
  out["recipients"] = std::move(recipients);
  out["events"] = std::move(events);
  boost::json::object stages;
  for (const v1::StageTime& one : track.stages()) stages[one.stage()] = one.micros();
  out["stages_us"] = std::move(stages);
  return out;
}

}  // namespace tram::client
