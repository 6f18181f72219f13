// Hand-over: claims belong to streams, acknowledgements to claims.
#include <gtest/gtest.h>

#include <set>

#include "exchange/inbox_desk.h"
#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

class Inbox : public OneNode, public testing::Test {
 protected:
  MessageKey send(const std::string& id = "d") {
    const auto answer = submit(request(dispatch("H52.01", id, {"H52.05"})));
    EXPECT_TRUE(answer);
    run();
    return answer->key;
  }
};

TEST_F(Inbox, IsForAgenciesAlone) {
  for (const char* other : {"operator", "auditor", "registrar", "node H01"}) {
    const auto stream = node().receive(h52.who(other), std::make_shared<HeardInbox>());
    ASSERT_FALSE(stream) << other;
    EXPECT_EQ(stream.error().code, ErrorCode::permission_denied);
  }
}

// The claim of a stream that is closed meanwhile: who is woken by the close finds nothing yet.
TEST_F(Inbox, WhatAClosingStreamClaimsLastGoesToTheOthers) {
  OpenInbox closing = open("H52.05");
  const OpenInbox other = open("H52.05");
  run();
  h52.around_inbox_claim = [&](const InboxClaim& claim) {
    h52.around_inbox_claim = nullptr;
    const int searches = other.heard->empty_searches;
    closing.stream.reset();
    auto items = claim();
    EXPECT_TRUE(
        world.run_until([&] { return other.heard->empty_searches > searches; }, std::chrono::seconds(1)));
    return items;
  };
  send();
  EXPECT_EQ(closing.heard->deliveries.size(), 0U);
  EXPECT_EQ(other.heard->deliveries.size(), 1U);
}

TEST_F(Inbox, WhatCannotBeReadForAMomentComesOnTheSameStream) {
  const auto submit_one = [&](const std::string& id) {
    ASSERT_TRUE(submit(request(dispatch("H52.01", id, {"H52.05"}), {file("a.pdf", "attachment of " + id)})));
  };
  submit_one("a");
  submit_one("b");
  h52.fail_reads(1);
  const OpenInbox inbox = open("H52.05");
  run();
  ASSERT_EQ(inbox.heard->deliveries.size(), 1U) << "the other one does not wait for it";
  EXPECT_EQ(inbox.heard->deliveries[0].id.text(), "H52.01/b/H52.05");
  EXPECT_EQ(inbox.heard->empty_searches, 0) << "one waits";
  run(std::chrono::seconds(15));
  ASSERT_EQ(inbox.heard->deliveries.size(), 2U);
  EXPECT_EQ(inbox.heard->deliveries[1].id.text(), "H52.01/a/H52.05");
  EXPECT_GT(inbox.heard->empty_searches, 0);
}

TEST_F(Inbox, IsListedToItsOwnAgencyAlone) {
  send("a");
  ASSERT_TRUE(submit(agency("H52.05"), request(dispatch("H52.05", "b", {"H52.01"}))));
  run();
  const auto waiting = node().waiting(agency("H52.05"), {}, 10);
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->size(), 2U);
  EXPECT_EQ(waiting->at(0).id.text(), "H52.01/a/H52.05");
  EXPECT_FALSE(waiting->at(0).entry.claimed);
  EXPECT_EQ(waiting->at(1).entry.kind, MessageKind::status) << "that b arrived";
  EXPECT_EQ(waiting->at(1).entry.item.agency, code("H52.05"));
  exchange::Identity other_inbox = agency("H52.05");
  other_inbox.inbox = "archive";
  EXPECT_TRUE(node().waiting(other_inbox, {}, 10)->empty());
  for (const char* other : {"operator", "auditor", "registrar", "node H01"}) {
    const auto denied = node().waiting(h52.who(other), {}, 10);
    ASSERT_FALSE(denied) << other;
    EXPECT_EQ(denied.error().code, ErrorCode::permission_denied);
    EXPECT_EQ(denied.error().reason, "ROLE_MISSING");
  }
}

TEST_F(Inbox, AListNeitherClaimsNorHandsOver) {
  const MessageKey key = send();
  ASSERT_EQ(node().waiting(agency("H52.05"), {}, 10)->size(), 1U);
  EXPECT_EQ(recipients(key)[0].state, RecipientState::consigned);
  const OpenInbox inbox = open("H52.05");
  run();
  ASSERT_EQ(inbox.heard->deliveries.size(), 1U);
  EXPECT_FALSE(inbox.heard->deliveries[0].redelivered);
  EXPECT_TRUE(node().waiting(agency("H52.05"), {}, 10)->at(0).entry.claimed);
  inbox.stream->acknowledge(inbox.heard->deliveries[0].id);
  run();
  EXPECT_TRUE(node().waiting(agency("H52.05"), {}, 10)->empty());
}

TEST_F(Inbox, HandsOverWhatWaitsWithItsVerdict) {
  const MessageKey key = send();
  const OpenInbox inbox = open("H52.05");
  run();
  ASSERT_EQ(inbox.heard->deliveries.size(), 1U);
  const exchange::Delivery& delivery = inbox.heard->deliveries[0];
  EXPECT_EQ(delivery.id.text(), "H52.01/d/H52.05");
  EXPECT_FALSE(delivery.redelivered);
  EXPECT_TRUE(delivery.verdict.good());
  EXPECT_EQ(delivery.certificate, seal_of(code("H52.01")).der());
  EXPECT_GE(inbox.heard->empty_searches, 1);
  inbox.stream->acknowledge(delivery.id);
  run();
  EXPECT_EQ(inbox.heard->acknowledgements.size(), 1U);
  EXPECT_EQ(recipients(key)[0].state, RecipientState::handed_over);
}

TEST_F(Inbox, NoMoreThanTheCredits) {
  for (int i = 0; i < 5; ++i) send("d" + std::to_string(i));
  const OpenInbox inbox = open("H52.05", 2);
  run();
  EXPECT_EQ(inbox.heard->deliveries.size(), 2U);
  inbox.stream->add_credits(2);
  run();
  EXPECT_EQ(inbox.heard->deliveries.size(), 4U);
}

TEST_F(Inbox, LoadsNothingMoreForWhoHasNoRoom) {
  for (int i = 0; i < 5; ++i) send("d" + std::to_string(i));
  const OpenInbox inbox = open("H52.05", 0);
  inbox.heard->room = 2;
  inbox.stream->add_credits(10);
  run();
  EXPECT_EQ(inbox.heard->deliveries.size(), 2U);
  EXPECT_EQ(inbox.heard->empty_searches, 0);
  inbox.stream->resume();
  run();
  EXPECT_EQ(inbox.heard->deliveries.size(), 2U) << "there is no room yet";
  inbox.heard->room = 5;
  inbox.stream->resume();
  run();
  ASSERT_EQ(inbox.heard->deliveries.size(), 5U);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(inbox.heard->deliveries[i].id.text(), "H52.01/d" + std::to_string(i) + "/H52.05");
  inbox.heard->room = SIZE_MAX;
  send("later");
  EXPECT_EQ(inbox.heard->deliveries.size(), 6U);
  EXPECT_GE(inbox.heard->empty_searches, 1);
}

TEST_F(Inbox, WhatAStreamWithoutRoomHadClaimedGoesToAnother) {
  for (int i = 0; i < 3; ++i) send("d" + std::to_string(i));
  OpenInbox full = open("H52.05", 0);
  full.heard->room = 1;
  full.stream->add_credits(10);
  run();
  ASSERT_EQ(full.heard->deliveries.size(), 1U);
  const OpenInbox other = open("H52.05");
  run();
  EXPECT_TRUE(other.heard->deliveries.empty());
  full.stream.reset();
  run();
  EXPECT_EQ(other.heard->deliveries.size(), 3U);
}

TEST_F(Inbox, WakesAStreamThatWaits) {
  const OpenInbox inbox = open("H52.05");
  run();
  EXPECT_TRUE(inbox.heard->deliveries.empty());
  send();
  EXPECT_EQ(inbox.heard->deliveries.size(), 1U);
}

TEST_F(Inbox, CompetingStreamsShareAndNoneGetsTheSame) {
  const OpenInbox one = open("H52.05", 3);
  const OpenInbox two = open("H52.05", 3);
  for (int i = 0; i < 6; ++i) send("d" + std::to_string(i));
  EXPECT_EQ(one.heard->deliveries.size(), 3U);
  EXPECT_EQ(two.heard->deliveries.size(), 3U);
  std::set<DeliveryId> ids;
  for (const auto* heard : {one.heard.get(), two.heard.get()}) {
    for (const auto& delivery : heard->deliveries) ids.insert(delivery.id);
  }
  EXPECT_EQ(ids.size(), 6U);
}

TEST_F(Inbox, ClaimsReturnWhenTheStreamDies) {
  send();
  OpenInbox dead = open("H52.05");
  run();
  ASSERT_EQ(dead.heard->deliveries.size(), 1U);
  const OpenInbox other = open("H52.05");
  run();
  EXPECT_TRUE(other.heard->deliveries.empty()) << "it is claimed";
  dead.stream.reset();
  run();
  ASSERT_EQ(other.heard->deliveries.size(), 1U);
  EXPECT_EQ(other.heard->deliveries[0].id, dead.heard->deliveries[0].id);
  EXPECT_TRUE(other.heard->deliveries[0].redelivered);
}

TEST_F(Inbox, AfterACrashWhatWasQueuedIsMarkedRedelivered) {
  send();
  h52.crash();
  h52.start();
  const OpenInbox inbox = open("H52.05");
  run();
  ASSERT_EQ(inbox.heard->deliveries.size(), 1U);
  EXPECT_TRUE(inbox.heard->deliveries[0].redelivered);
}

TEST_F(Inbox, AcknowledgedIsGoneForGood) {
  send();
  OpenInbox inbox = open("H52.05");
  run();
  inbox.stream->acknowledge(inbox.heard->deliveries.at(0).id);
  run();
  inbox.stream.reset();
  h52.crash();
  h52.start();
  const OpenInbox later = open("H52.05");
  run();
  EXPECT_TRUE(later.heard->deliveries.empty());
}

TEST_F(Inbox, AcknowledgingTwiceIsAnsweredTheSameAndRecordedOnce) {
  send();
  const OpenInbox inbox = open("H52.05");
  run();
  const DeliveryId id = inbox.heard->deliveries.at(0).id;
  inbox.stream->acknowledge(id);
  inbox.stream->acknowledge(id);
  run();
  EXPECT_EQ(inbox.heard->acknowledgements.size(), 2U);
  EXPECT_TRUE(inbox.heard->errors.empty());
  EXPECT_EQ(h52.observer().count(EvidenceEvent::content_handover), 1U);
}

class WrongAcknowledgement : public Inbox {
 protected:
  void expect_ended(const OpenInbox& inbox, const DeliveryId& id, ErrorCode code, const std::string& reason) {
    inbox.stream->acknowledge(id);
    run();
    ASSERT_EQ(inbox.heard->errors.size(), 1U);
    EXPECT_EQ(inbox.heard->errors[0].code, code);
    EXPECT_EQ(inbox.heard->errors[0].reason, reason);
    EXPECT_TRUE(inbox.heard->acknowledgements.empty());
    EXPECT_EQ(h52.observer().count(EvidenceEvent::content_handover), 0U);
  }
};

TEST_F(WrongAcknowledgement, ByAStreamWithoutTheClaim) {
  send();
  const OpenInbox owner = open("H52.05");
  run();
  const OpenInbox other = open("H52.05");
  expect_ended(other, owner.heard->deliveries.at(0).id, ErrorCode::aborted, "CLAIM_LOST");
}

TEST_F(WrongAcknowledgement, OfAnotherAgency) {
  send();
  expect_ended(open("H52.01"), DeliveryId("H52.01/d/H52.05"), ErrorCode::invalid_argument,
               "DELIVERY_FOREIGN");
}

TEST_F(WrongAcknowledgement, OfAMessageUnknown) {
  expect_ended(open("H52.05"), DeliveryId("H52.01/never/H52.05"), ErrorCode::not_found, "DELIVERY_UNKNOWN");
}

TEST_F(WrongAcknowledgement, OfAMessageThatWentToOthers) {
  ASSERT_TRUE(submit(request(dispatch("H52.01", "d", {"G09.02"}))));
  expect_ended(open("H52.05"), DeliveryId("H52.01/d/H52.05"), ErrorCode::not_found, "DELIVERY_UNKNOWN");
}

TEST_F(WrongAcknowledgement, Malformed) {
  expect_ended(open("H52.05"), DeliveryId("no delivery"), ErrorCode::invalid_argument,
               "DELIVERY_ID_MALFORMED");
}

TEST(DeliveryIds, AreReadAsTheyAreWritten) {
  const MessageKey key{code("H52.01"), MessageId("a.b_c-1")};
  const auto parsed = exchange::parse_delivery_id(exchange::delivery_id(key, code("G09.02")));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->first, key);
  EXPECT_EQ(parsed->second, code("G09.02"));
  for (const char* wrong : {"", "/", "//", "H52.01/d", "H52.01//G09", "H52.01/d/x", "x/d/G09",
                            "H52.01/a/b/G09", "H52.01/.d/G09"}) {
    EXPECT_FALSE(exchange::parse_delivery_id(DeliveryId(wrong))) << wrong;
  }
}

}  // namespace
}  // namespace tram::sim
