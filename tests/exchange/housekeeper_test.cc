// What the housekeeper prunes, when, and what it never touches.
#include "exchange/housekeeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "codec/evidence_json.h"
#include "exchange/retention.h"
#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kDay = 24h;

// Retentions of days instead of months and years.
class HousekeeperTest : public OneNode, public testing::Test {
 protected:
  HousekeeperTest() {
    h52.settings().retention.content = 10 * kDay;
    h52.settings().retention.record = 60 * kDay;
    h52.settings().retention.abandoned_upload = 7 * kDay;
    h52.settings().retry_cap = kDay;  // with nobody at the other end
    h52.settings().alarms.interval = kDay;
    restart();
  }
  void restart() {
    h52.crash();
    h52.start();
  }

  MessageKey send(const std::string& id, const std::vector<std::string>& to, const Bytes& bytes = "content") {
    const auto answer = submit(request(dispatch("H52.01", id, to), {file("a.pdf", bytes)}));
    EXPECT_TRUE(answer) << answer.error().text();
    run();
    return {code("H52.01"), MessageId(id)};
  }
  /// Both agencies take all that waits.
  void take_all() {
    for (const char* agency : {"H52.01", "H52.05"}) {
      const auto inbox = open(agency, 1000);
      run();
      for (const auto& delivery : inbox.heard->deliveries) inbox.stream->acknowledge(delivery.id);
      run();
    }
  }
  [[nodiscard]] std::optional<exchange::StoredMessage> stored(const MessageKey& key) {
    const auto known = h52.messages().find(key);
    if (!known) return std::nullopt;
    return h52.messages().load(known->row).value();
  }
  [[nodiscard]] bool has_contents(const MessageKey& key) {
    const auto message = stored(key);
    return message && !message->contents.empty();
  }
  [[nodiscard]] std::vector<exchange::Container> containers() {
    return h52.contents().containers()->next(1000).value();
  }
  [[nodiscard]] bool noted(const std::string& what) {
    const auto& notes = h52.observer().notes();
    return std::any_of(notes.begin(), notes.end(),
                       [&](const std::string& note) { return note.find(what) != std::string::npos; });
  }
};

TEST_F(HousekeeperTest, ContentsOfFinishedMessagesGoAndTheRestStays) {
  const MessageKey key = send("d", {"H52.05"});
  take_all();
  run(9 * kDay);
  EXPECT_TRUE(has_contents(key));
  run(2 * kDay);
  const auto message = stored(key);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->contents.empty());
  ASSERT_TRUE(message->contents_pruned_at);
  EXPECT_GE(*message->contents_pruned_at - message->stored_at, Duration(10 * kDay));
  EXPECT_FALSE(message->header.empty());
  EXPECT_TRUE(noted("contents of 1 message"));

  const auto track = node().track(agency(), key);
  ASSERT_TRUE(track);
  EXPECT_EQ(track->recipients.at(0).row.state, RecipientState::handed_over);
  const auto event = std::find_if(track->events.begin(), track->events.end(),
                                  [](const auto& each) { return each.event == "ContentPruned"; });
  ASSERT_NE(event, track->events.end());
  EXPECT_EQ(event->time, *message->contents_pruned_at);
  EXPECT_THAT(event->detail, HasSubstr("removed the attachments at 20"));

  const auto evidence = node().evidence(agency(), key);
  ASSERT_TRUE(evidence) << evidence.error().text();
  EXPECT_FALSE(evidence->receipts.at(0).records.empty());
  EXPECT_TRUE(evidence->message.contents_pruned_at);

  const auto attachment = node().attachment(agency("H52.05"), DeliveryId("H52.01/d/H52.05"), 0);
  ASSERT_FALSE(attachment);
  EXPECT_EQ(attachment.error().code, ErrorCode::data_loss);
  EXPECT_EQ(attachment.error().reason, "CONTENT_PRUNED");
  EXPECT_THAT(attachment.error().message, HasSubstr(to_rfc3339(*message->contents_pruned_at)));
  EXPECT_FALSE(attachment.error().remedy.empty());
}

TEST_F(HousekeeperTest, ThePrunedBytesAreGoneFromTheDisk) {
  send("d", {"H52.05"}, Bytes(10'000, 'x'));
  take_all();
  run(12 * kDay);
  std::uint64_t bytes = 0;
  for (const auto& container : containers()) bytes += container.bytes;
  EXPECT_LT(bytes, 10'000U);
}

TEST_F(HousekeeperTest, TheAgeCountsFromTheLastThingThatHappened) {
  const MessageKey key = send("d", {"H52.05"});
  run(30 * kDay);
  EXPECT_TRUE(has_contents(key));
  take_all();
  run(9 * kDay);
  EXPECT_TRUE(has_contents(key));
  run(2 * kDay);
  EXPECT_FALSE(has_contents(key));
}

TEST_F(HousekeeperTest, AnUnfinishedMessageIsNeverTouched) {
  const MessageKey unclaimed = send("unclaimed", {"H52.05"});
  const MessageKey on_link = send("on-link", {"G09.02"});  // nobody takes it
  run(200 * kDay);
  for (const MessageKey& key : {unclaimed, on_link}) {
    EXPECT_TRUE(has_contents(key)) << key.id.text();
    EXPECT_EQ(h52.contents().read(stored(key)->contents.at(0), 0, 99).value(), "content");
  }
  take_all();
  EXPECT_EQ(recipients(unclaimed).at(0).state, RecipientState::handed_over);
}

TEST_F(HousekeeperTest, WhatIsAwaitedFromAnotherNodeIsUnfinished) {
  const MessageKey key = send("d", {"G09.02"});
  const auto header = stored(key)->header_digest;
  // Its copy has left; what the other node does is not known yet.
  const auto row = h52.messages().find(key)->row;
  h52.messages().submit(
      [row](exchange::Transaction& transaction) -> Result<void> {
        for (const auto& item : transaction.outgoing_of(row))
          static_cast<void>(transaction.remove_outgoing(item.row));
        return {};
      },
      {});
  run(30 * kDay);
  EXPECT_TRUE(has_contents(key));
  EvidenceRecord record;
  record.event = EvidenceEvent::content_handover;
  record.time = world.now();
  record.node = code("G09");
  record.message = key;
  record.recipients = codes({"G09.02"});
  record.header = header;
  ASSERT_EQ(relay(bundle_of("G09", {record})).result, exchange::HopResult::accepted);
  run(12 * kDay);
  EXPECT_FALSE(has_contents(key));
  EXPECT_EQ(h52.messages().receipts_of(row).size(), 1U);
  EXPECT_TRUE(h52.messages().checkpoint("log.G09.example", 1));
}

TEST_F(HousekeeperTest, FinishedMessagesAndTheirEvidenceGoAtLast) {
  const MessageKey key = send("d", {"H52.05"});
  take_all();
  run(59 * kDay);
  EXPECT_TRUE(stored(key));
  run(5 * kDay);
  EXPECT_FALSE(stored(key));
  EXPECT_EQ(node().track(agency(), key).error().reason, "MESSAGE_UNKNOWN");
  EXPECT_EQ(h52.messages().counts().messages, 0U);
  EXPECT_TRUE(noted("with their evidence"));
}

TEST_F(HousekeeperTest, KeysOutliveEveryReplay) {
  exchange::Settings settings;
  settings.retention.content = 24h;
  settings.retention.record = 24h;
  EXPECT_GT(exchange::record_retention(settings), settings.replay_window + settings.clock_tolerance);
  settings.retention.content = 24h * 365;
  EXPECT_GE(exchange::record_retention(settings), settings.retention.content);

  h52.settings().retention.content = 1h;
  h52.settings().retention.record = 1h;
  restart();
  const PracticeCertificate seal = seal_of(code("G09.02"));
  know(seal);
  const exchange::HopMessage hop = draft(world, "d", {"H52.05"}).sealed();
  ASSERT_EQ(relay(hop).result, exchange::HopResult::accepted);
  take_all();
  for (int day = 0; day < 40; ++day) {  // taken again for a while, then too old, and never new
    run(kDay);
    const auto outcome = relay(hop);
    const bool refused = outcome.result == exchange::HopResult::refused;
    EXPECT_TRUE(!refused || outcome.error.reason == "SIGNING_TIME_OUT_OF_BOUNDS") << outcome.error.text();
    EXPECT_LE(h52.messages().counts().messages, 2U);  // it, and its status 01, which nobody takes
    EXPECT_EQ(h52.messages().counts().waiting_inbox, 0U);
  }
  EXPECT_FALSE(h52.messages().find({code("G09.02"), MessageId("d")}));
}

TEST_F(HousekeeperTest, AfterPruningAReplayGetsTheFirstAnswerAndOtherContentIsRefused) {
  const auto again = [&](const Bytes& bytes) {
    return submit(request(dispatch("H52.01", "d", {"H52.05"}), {file("a.pdf", bytes)}));
  };
  const auto first = again("content");
  ASSERT_TRUE(first);
  take_all();
  run(15 * kDay);
  ASSERT_FALSE(has_contents({code("H52.01"), MessageId("d")}));
  for (const int round : {0, 1}) {
    const auto answer = again("content");
    ASSERT_TRUE(answer) << round << answer.error().text();
    EXPECT_TRUE(answer->repeated);
    EXPECT_EQ(answer->header_digest, first->header_digest);
    EXPECT_EQ(answer->log_index, first->log_index);
    EXPECT_EQ(again("other content").error().reason, "ID_REUSED");
    EXPECT_EQ(h52.messages().counts().waiting_inbox, 0U) << "it is not delivered again";
    restart();
  }
}

TEST_F(HousekeeperTest, LogRecordsGoAndOldProofsHold) {
  for (int i = 0; i < 100; ++i) send("old-" + std::to_string(i), {"H52.05"});
  take_all();
  const auto size = h52.messages().log_size();
  ASSERT_GT(size, 300U);
  const auto record =
      h52.messages().entries_of(h52.messages().find({code("H52.01"), MessageId("old-0")})->row)[0];
  const auto root = h52.messages().log_root(size).value();
  const auto earlier = h52.messages().log_root(size / 2).value();
  run(70 * kDay);
  send("young", {"H52.05"});
  run(1 * kDay);
  EXPECT_TRUE(h52.tables().log[record.index].record.empty());
  EXPECT_EQ(h52.messages().log_root(size).value(), root);
  EXPECT_EQ(h52.messages().log_root(size / 2).value(), earlier);  // of every checkpoint given out
  const auto path = h52.messages().prove(record.index, size);
  ASSERT_TRUE(path);
  EXPECT_TRUE(log::verify_inclusion(log::leaf_hash(record.record), record.index, size, *path, root));
  EXPECT_TRUE(noted("log record"));
}

TEST_F(HousekeeperTest, OfManyCheckpointsFewStay) {
  for (int i = 0; i < 20; ++i) {
    send("d-" + std::to_string(i), {"H52.05"});
    run(1s);
  }
  run(2h);
  std::size_t ours = 0;
  for (const auto& [place, note] : h52.tables().checkpoints) ours += place.first == "log.H52.example" ? 1 : 0;
  EXPECT_EQ(ours, 1U);
  EXPECT_TRUE(h52.messages().latest_checkpoint("log.H52.example"));
}

TEST_F(HousekeeperTest, AClockThatLeapsForwardPrunesNothing) {
  const MessageKey key = send("d", {"H52.05"});
  take_all();
  run(3h);
  h52.clock().set_skew(400 * kDay);
  run(59min);
  EXPECT_TRUE(has_contents(key));
  h52.clock().set_skew({});  // put right before anybody noticed
  run(5h);
  EXPECT_TRUE(has_contents(key));
  h52.clock().set_skew(5h);
  run(61min);
  EXPECT_TRUE(noted("the clock has jumped by 18000 seconds"));
  run(9 * kDay);
  EXPECT_TRUE(has_contents(key));
  run(2 * kDay);
  EXPECT_FALSE(has_contents(key));  // it is relied on again
}

TEST_F(HousekeeperTest, AClockThatIsYearsAheadIsNotBelievedForADay) {
  const MessageKey key = send("d", {"H52.05"});
  take_all();
  run(3h);
  h52.clock().set_skew(3 * 365 * kDay);
  run(23h);
  EXPECT_TRUE(has_contents(key));
  EXPECT_TRUE(noted("nothing is pruned: the clock has jumped by 94608000 seconds"));
  run(3h);  // nobody contradicts
  EXPECT_FALSE(has_contents(key));
}

TEST_F(HousekeeperTest, WhatPeersSayOfTheTimeCounts) {
  const MessageKey key = send("d", {"H52.05"});
  take_all();
  exchange::PeerHello hello;
  hello.time = world.now();
  node().peer_is_up("truc", hello);
  run(3h);
  h52.clock().set_skew(400 * kDay);
  run(5 * kDay);  // it runs evenly, but not as the peer's
  EXPECT_TRUE(has_contents(key));
  EXPECT_TRUE(noted("nothing is pruned: this node's clock"));
}

TEST_F(HousekeeperTest, AfterALongTimeOffTheClockIsReliedOnLater) {
  const MessageKey key = send("d", {"H52.05"});
  take_all();
  h52.crash();
  h52.clock().set_skew(100 * kDay);
  h52.start();
  run(23h);
  EXPECT_TRUE(has_contents(key));
  EXPECT_TRUE(noted("far ahead of the newest message"));
  run(3h);
  EXPECT_FALSE(has_contents(key));
}

TEST_F(HousekeeperTest, WithoutAnIntervalNothingIsPruned) {
  h52.settings().retention.interval = {};
  restart();
  const MessageKey key = send("d", {"H52.05"});
  take_all();
  run(100 * kDay);
  EXPECT_TRUE(has_contents(key));
}

TEST_F(HousekeeperTest, UploadsThatNobodyTakesUpGo) {
  const auto owner = agency().upload_owner();
  const auto upload = [&](const Bytes& bytes, std::size_t part) {
    auto writer = h52.contents().resume_upload(owner, Sha256::of(bytes), bytes.size(), 0).value();
    ASSERT_TRUE(writer->write(BytesView(bytes).substr(0, part)));
    ASSERT_TRUE(writer->finish());
  };
  upload("taken up", 8);
  upload("complete", 8);
  upload("half", 2);
  File big = file("big.pdf", "taken up");
  auto submission = request(dispatch("H52.01", "d", {"G09.02"}), {big});
  submission.contents.at(0) = {true, {}};
  ASSERT_TRUE(submit(std::move(submission)));
  run(6 * kDay);
  EXPECT_EQ(containers().size(), 3U);
  run(2 * kDay);
  ASSERT_EQ(containers().size(), 1U);
  EXPECT_EQ(containers()[0].name, stored({code("H52.01"), MessageId("d")})->contents.at(0).container);
}

TEST_F(HousekeeperTest, WhatIsAliveInAMostlyDeadSegmentMovesOn) {
  const MessageKey waiting = send("waiting", {"G09.02"}, "still needed");
  send("big", {"H52.05"}, Bytes(10'000, 'x'));
  take_all();
  const auto before = stored(waiting)->contents.at(0);
  run(15 * kDay);
  const auto after = stored(waiting)->contents.at(0);
  EXPECT_NE(after.container, before.container);
  EXPECT_EQ(h52.contents().read(after, 0, 99).value(), "still needed");
  EXPECT_EQ(h52.contents().read(before, 0, 99).error().code, ErrorCode::data_loss);
  EXPECT_TRUE(noted("1 content moved"));
}

TEST_F(HousekeeperTest, CertificatesThatNobodyNeedsGo) {
  const Bytes junk = "not a certificate that anybody learnt";
  h52.keep_certificate(junk);
  const PracticeCertificate learnt = seal_of(code("G09.02"));
  know(learnt);
  ASSERT_EQ(relay(draft(world, "x", {"H52.99"}).sealed()).error.reason, "UNKNOWN_RECIPIENT");
  send("d", {"H52.05"});
  run(3h);
  EXPECT_FALSE(h52.messages().certificate(Sha256::of(junk)));
  EXPECT_TRUE(
      h52.messages().certificate(learnt.sha256()));  // the verifier knows it: its message may be on the way
  EXPECT_TRUE(h52.messages().certificate(seal_of(code("H52.01")).sha256()));
  restart();
  run(3h);
  EXPECT_FALSE(h52.messages().certificate(learnt.sha256()));
}

TEST_F(HousekeeperTest, APrunedMessageThatIsSentAgainHasItsContentsAgain) {
  know(seal_of(code("G09.02")));
  Draft one = draft(world, "d", {"H52.05"});
  one.files = {file("a.pdf", "content")};
  exchange::HopMessage hop = one.sealed();
  ASSERT_EQ(relay(hop).result, exchange::HopResult::accepted);
  take_all();
  run(12 * kDay);
  const MessageKey key{code("G09.02"), MessageId("d")};
  ASSERT_TRUE(stored(key)->contents_pruned_at);
  hop.retry = 1;
  ASSERT_EQ(relay(hop).result, exchange::HopResult::accepted);
  EXPECT_FALSE(stored(key)->contents_pruned_at);
  EXPECT_EQ(h52.contents().read(stored(key)->contents.at(0), 0, 99).value(), "content");
  run(12 * kDay);
  EXPECT_TRUE(stored(key)->contents_pruned_at);
}

}  // namespace
}  // namespace tram::sim
