#include "model/delivery.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace tram {
namespace {

using State = RecipientState;
using Event = DeliveryEvent;

TEST(DeliveryStates, TheWayOfADelivery) {
  EXPECT_EQ(next_state(State::accepted, Event::relayed), State::relayed);
  EXPECT_EQ(next_state(State::relayed, Event::consigned), State::consigned);
  EXPECT_EQ(next_state(State::consigned, Event::handed_over), State::handed_over);
}

TEST(DeliveryStates, EvidenceMayComeOutOfOrder) {
  EXPECT_EQ(next_state(State::accepted, Event::handed_over), State::handed_over);
  EXPECT_EQ(next_state(State::handed_over, Event::consigned), std::nullopt);
  EXPECT_EQ(next_state(State::consigned, Event::relayed), std::nullopt);
  EXPECT_EQ(next_state(State::relayed, Event::relayed), std::nullopt);
}

TEST(DeliveryStates, HandedOverIsFinal) {
  for (int i = 1; i <= 7; ++i)
    EXPECT_EQ(next_state(State::handed_over, static_cast<Event>(i)), std::nullopt) << i;
}

TEST(DeliveryStates, ADeadLetterIsRetriedClosedOrCorrectedByProof) {
  for (const State dead : {State::dead, State::given_up}) {
    EXPECT_TRUE(is_dead_letter(dead));
    EXPECT_EQ(next_state(dead, Event::retried), State::accepted);
    EXPECT_EQ(next_state(dead, Event::closed), State::closed);
    EXPECT_EQ(next_state(dead, Event::handed_over), State::handed_over);
    EXPECT_EQ(next_state(dead, Event::relayed), std::nullopt);
  }
  EXPECT_FALSE(is_dead_letter(State::closed));
}

TEST(DeliveryStates, OnlyWhatIsNotOnItsWayIsRetried) {
  for (const State state : {State::accepted, State::relayed, State::consigned, State::closed})
    EXPECT_EQ(next_state(state, Event::retried), std::nullopt);
}

TEST(DeliveryStates, OneTransitionForEachStateAndEventAndItsEvidenceFits) {
  std::set<std::pair<State, Event>> seen;
  for (const Transition& one : transitions()) {
    EXPECT_TRUE(seen.emplace(one.from, one.event).second);
    EXPECT_NE(one.from, one.to);
    const auto event = delivery_event(one.evidence);
    if (one.evidence != EvidenceEvent::operator_act) {
      EXPECT_EQ(event, one.event) << name(one.evidence);
    }
  }
}

}  // namespace
}  // namespace tram
