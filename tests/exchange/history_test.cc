// The life of a message is told in the order in which it happened, whatever the clocks said.
#include "exchange/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/values.h"

namespace tram::exchange {
namespace {

using testing::ElementsAre;
using Event = EvidenceEvent;
using namespace std::chrono_literals;

const Timestamp kNoon = from_rfc3339("2026-11-24T12:00:00Z").value();

// `at`: minutes after noon, as the clock of that log said.
HistoryStep step(const std::string& log, std::uint64_t index, std::optional<Event> kind, int at,
                 const std::vector<std::string>& recipients = {"G09.02"}) {
  HistoryStep out;
  out.event.time = kNoon + std::chrono::minutes(at);
  out.event.event = kind ? std::string(name(*kind)) : "Status";
  out.event.recipients = sim::codes(recipients);
  out.kind = kind;
  out.origin = log;
  out.index = index;
  return out;
}

std::vector<std::string> order(std::vector<HistoryStep> steps) {
  std::reverse(steps.begin(), steps.end());  // as they are given decides nothing
  std::vector<std::string> out;
  for (const TrackEvent& event : in_order(std::move(steps))) out.push_back(event.event);
  return out;
}

TEST(History, GoesByTimeWhereNothingElseDecides) {
  EXPECT_THAT(
      order({step("h52", 3, Event::submission_acceptance, 0), step("h01", 7, Event::relay_acceptance, 1),
             step("h52", 9, Event::operator_act, 2), step("g09", 2, Event::content_consignment, 3)}),
      ElementsAre("SubmissionAcceptance", "RelayAcceptance", "OperatorAct", "ContentConsignment"));
}

TEST(History, AClockHoursBehindTellsNoEffectBeforeItsCause) {
  EXPECT_THAT(
      order({step("h52", 3, Event::submission_acceptance, 0), step("h01", 7, Event::relay_acceptance, 1),
             step("g09", 2, Event::content_consignment, -300), step("g09", 8, Event::content_handover, -200),
             step("statuses", 0, std::nullopt, -300)}),
      ElementsAre("SubmissionAcceptance", "RelayAcceptance", "ContentConsignment", "Status",
                  "ContentHandover"));
}

TEST(History, AClockThatJumpsBackDoesNotTurnALogAround) {
  EXPECT_THAT(order({step("h52", 3, Event::submission_acceptance, 600),
                     step("h52", 5, Event::operator_act, 0), step("h52", 6, Event::relay_failure, 1)}),
              ElementsAre("SubmissionAcceptance", "OperatorAct", "RelayFailure"));
}

TEST(History, EachRecipientHasItsOwnCauses) {
  EXPECT_THAT(order({step("h52", 0, Event::submission_acceptance, 0, {"G09.02", "H12.01"}),
                     step("g09", 0, Event::content_consignment, 2, {"G09.02"}),
                     step("h12", 0, Event::content_handover, 1, {"H12.01"})}),
              ElementsAre("SubmissionAcceptance", "ContentHandover", "ContentConsignment"));
}

TEST(History, LogsThatContradictEachOtherAreToldAllTheSame) {
  EXPECT_THAT(order({step("a", 0, Event::content_handover, 0), step("a", 1, Event::content_consignment, 1)}),
              ElementsAre("ContentHandover", "ContentConsignment"));
}

TEST(History, OfAThousandRecipientsIsQuick) {
  std::vector<HistoryStep> steps;
  std::vector<std::string> all;
  for (int i = 0; i < 1000; ++i) all.push_back("G09." + std::to_string(10 + i));
  steps.push_back(step("h52", 0, Event::submission_acceptance, 0, all));
  steps.push_back(step("h01", 0, Event::relay_acceptance, 1, all));
  for (int i = 0; i < 1000; ++i) {
    steps.push_back(step("g09", 2 * i, Event::content_consignment, 2, {all[i]}));
    steps.push_back(step("g09", 2 * i + 1, Event::content_handover, 2, {all[i]}));
  }
  EXPECT_EQ(order(std::move(steps)).size(), 2002U);
}

}  // namespace
}  // namespace tram::exchange
