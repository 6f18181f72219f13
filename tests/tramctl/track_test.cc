#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tramctl/track_text.h"

namespace tram::client {
namespace {

v1::TrackResponse track_of(const std::string& state, unsigned status = 0, unsigned receipts = 0) {
  v1::TrackResponse out;
  out.mutable_key()->set_sender("H52.01");
  out.mutable_key()->set_id("m1");
  out.set_priority(v1::PRIORITY_EXPRESS);
  auto& one = *out.add_recipients();
  one.set_recipient("G09.02");
  one.set_state(state);
  one.set_last_status(status);
  one.set_verified_receipts(receipts);
  return out;
}

bool is_there(const char* goal, const v1::TrackResponse& track) { return reached(*goal_from(goal), track); }

TEST(Goal, StatesCountFromTheOneNamedOn) {
  EXPECT_FALSE(is_there("handed-over", track_of("in the inbox")));
  EXPECT_TRUE(is_there("handed-over", track_of("handed over")));
  EXPECT_TRUE(is_there("relayed", track_of("in the inbox")));
  EXPECT_FALSE(is_there("relayed", track_of("dead letter")));
}

TEST(Goal, AllRecipientsMustBeThere) {
  v1::TrackResponse track = track_of("handed over");
  track.add_recipients()->set_state("relayed");
  EXPECT_FALSE(is_there("handed-over", track));
  EXPECT_FALSE(is_there("handed-over", v1::TrackResponse()));
}

TEST(Goal, ALaterStageOfProcessingCounts) {
  EXPECT_TRUE(is_there("status-03", track_of("handed over", 6)));
  EXPECT_FALSE(is_there("status-06", track_of("handed over", 3)));
  EXPECT_FALSE(is_there("status-01", track_of("handed over", 2)));
  EXPECT_FALSE(is_there("status-03", track_of("handed over", 0)));
  EXPECT_TRUE(is_there("status-02", track_of("handed over", 2)));
}

TEST(Goal, ReceiptsNeedHandOverAndAVerifiedOne) {
  EXPECT_FALSE(is_there("receipts", track_of("handed over", 0, 0)));
  EXPECT_FALSE(is_there("receipts", track_of("in the inbox", 0, 1)));
  EXPECT_TRUE(is_there("receipts", track_of("handed over", 0, 1)));
}

TEST(Goal, OtherWordsAreRefused) {
  for (const char* text : {"done", "status-", "status-99", "dead-letter"})
    EXPECT_FALSE(goal_from(text)) << text;
}

TEST(Goal, ADeadLetterIsSeen) {
  EXPECT_TRUE(has_dead_letter(track_of("dead letter")));
  EXPECT_FALSE(has_dead_letter(track_of("handed over")));
}

TEST(TrackText, TellsTheLifeInPlainWords) {
  v1::TrackResponse track = track_of("handed over", 3, 2);
  const auto add = [&](const char* time, const char* node, const char* event) {
    auto& one = *track.add_events();
    one.set_time(time);
    one.set_node(node);
    one.set_event(event);
    one.set_proven(true);
  };
  add("2026-11-24T11:20:00.000000Z", "H52", "SubmissionAcceptance");
  add("2026-11-24T11:20:00.012300Z", "G09", "ContentConsignment");
  add("2026-11-24T11:20:02.012300Z", "G09", "Status 03");
  track.mutable_events(2)->set_detail("đã tiếp nhận: Phòng Văn thư");
  const std::string text = track_text(track, true);
  EXPECT_THAT(text, testing::HasSubstr("H52.01/m1  document, hỏa tốc"));
  EXPECT_THAT(text, testing::HasSubstr("accepted: stored, signed and logged"));
  EXPECT_THAT(text, testing::ContainsRegex("inbox .*12.3 ms +12.3 ms"));
  EXPECT_THAT(text, testing::ContainsRegex("status 03 đã tiếp nhận: Phòng Văn thư .*2.000 s +2.012 s"));
  EXPECT_THAT(text, testing::HasSubstr("03 đã tiếp nhận"));
}

TEST(EventWords, UnknownEventsAreShownAsTheyAre) {
  EXPECT_EQ(event_words("SomethingNew"), "SomethingNew");
  EXPECT_EQ(event_words("Status 99"), "Status 99");
}

}  // namespace
}  // namespace tram::client
