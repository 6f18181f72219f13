// Statuses: only from a recipient, only about what it received, only to the sender.
#include <gtest/gtest.h>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::HopResult;

class Statuses : public OneNode, public testing::Test {
 protected:
  void SetUp() override {
    know(seal_of(code("G09.02")));
    know(seal_of_node(code("G09")));
  }
  // A status of G09.02 as it comes from the axis.
  exchange::HopMessage status_hop(const MessageKey& about, SignedBy by = SignedBy::seal,
                                  StatusCode status_code = StatusCode::received) {
    Draft out = draft(world, "s", {});
    out.header.submission = status(code("G09.02"), "s", about, status_code);
    out.header.signed_by = by;
    if (by == SignedBy::node) out.seal = seal_of_node(code("G09"));
    return out.sealed();
  }
  MessageKey accept(const std::vector<std::string>& recipients) {
    const auto answer = submit(request(dispatch("H52.01", "d", recipients)));
    EXPECT_TRUE(answer);
    return answer->key;
  }
  void expect_refused(const Result<exchange::Acceptance>& answer, const std::string& reason) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, reason) << answer.error().text();
  }
};

TEST_F(Statuses, OfARecipientHereMovesItsLineOn) {
  const MessageKey key = accept({"H52.05"});
  const auto answer =
      submit(agency("H52.05"), request(status(code("H52.05"), "s", key, StatusCode::processing)));
  ASSERT_TRUE(answer) << answer.error().text();
  ASSERT_EQ(recipients(key).size(), 1U);
  EXPECT_EQ(recipients(key)[0].last_status, StatusCode::processing);
}

TEST_F(Statuses, WhatARecipientWritesToTheSenderIsNotForTheOthers) {
  h52.register_agency("H52.09");
  h52.seals().entrust(code("H52.09"), seal_of(code("H52.09")));
  h52.crash();
  h52.start();
  const MessageKey key = accept({"H52.05", "H52.09"});
  Submission refusal = status(code("H52.05"), "s", key, StatusCode::refused);
  refusal.status->description = "sent to the wrong office";
  ASSERT_TRUE(submit(agency("H52.05"), request(refusal)));
  const auto seen_by = [&](const std::string& who) {
    const auto view = node().track(agency(who), key).value();
    std::string out;
    for (const auto& event : view.events) out += event.event + event.detail + "\n";
    return out;
  };
  EXPECT_NE(seen_by("H52.01").find("wrong office"), std::string::npos);
  EXPECT_NE(seen_by("H52.05").find("wrong office"), std::string::npos);
  EXPECT_EQ(seen_by("H52.09").find("wrong office"), std::string::npos);
  EXPECT_NE(seen_by("H52.09").find("Status 02"), std::string::npos);
}

TEST_F(Statuses, AnExpiredSealOfTheNodeHoldsNoDocumentUp) {
  h52.seals().spoil_own();
  EXPECT_EQ(relay(draft(world, "d", {"H52.05"}).sealed()).result, HopResult::accepted);
  OpenInbox inbox = open("H52.05");
  run();
  ASSERT_EQ(inbox.heard->deliveries.size(), 1U);
  EXPECT_TRUE(h52.messages().statuses_of({code("G09.02"), MessageId("d")}, 10).empty());
}

TEST_F(Statuses, AboutAMessageItsSenderNeverReceived) {
  const MessageKey unknown{code("H52.01"), MessageId("never")};
  expect_refused(
      submit(agency("H52.05"), request(status(code("H52.05"), "s", unknown, StatusCode::received))),
      "STATUS_FOR_UNKNOWN_MESSAGE");
}

TEST_F(Statuses, OfWhoIsNoRecipient) {
  const MessageKey key = accept({"G09.02"});
  expect_refused(submit(agency("H52.05"), request(status(code("H52.05"), "s", key, StatusCode::received))),
                 "NOT_A_RECIPIENT");
}

TEST_F(Statuses, ToAnotherThanTheSender) {
  const MessageKey key = accept({"H52.05"});
  Submission wrong = status(code("H52.05"), "s", key, StatusCode::received);
  wrong.recipients = codes({"G09.02"});
  expect_refused(submit(agency("H52.05"), request(wrong)), "STATUS_MISDIRECTED");
}

TEST_F(Statuses, RelayedMovesTheLineOn) {
  const MessageKey key = accept({"G09.02"});
  const auto outcome = relay(status_hop(key));
  EXPECT_EQ(outcome.result, HopResult::accepted) << outcome.error.text();
  EXPECT_EQ(recipients(key)[0].last_status, StatusCode::received);
}

TEST_F(Statuses, RelayedAboutAnUnknownMessageIsRefusedAndLogged) {
  const std::uint64_t logged = h52.messages().log_size();
  const auto outcome = relay(status_hop({code("H52.01"), MessageId("never")}));
  EXPECT_EQ(outcome.result, HopResult::refused);
  EXPECT_EQ(outcome.error.reason, "STATUS_FOR_UNKNOWN_MESSAGE");
  EXPECT_EQ(h52.messages().log_size(), logged + 1);
  EXPECT_EQ(h52.messages().counts().messages, 0U);
}

TEST_F(Statuses, RelayedOfWhoIsNoRecipientIsRefused) {
  const MessageKey key = accept({"H52.05"});
  const auto outcome = relay(status_hop(key));
  EXPECT_EQ(outcome.result, HopResult::refused);
  EXPECT_EQ(outcome.error.reason, "NOT_A_RECIPIENT");
}

TEST_F(Statuses, TheNodesOwnSealMakes01AndNothingElse) {
  const MessageKey key = accept({"G09.02"});
  const auto wrong = relay(status_hop(key, SignedBy::node, StatusCode::received));
  EXPECT_EQ(wrong.result, HopResult::refused);
  EXPECT_EQ(wrong.error.reason, "SIGNER_MISMATCH");
  EXPECT_EQ(relay(status_hop(key, SignedBy::node, StatusCode::arrived)).result, HopResult::accepted);
  EXPECT_EQ(recipients(key)[0].last_status, StatusCode::arrived);
}

TEST_F(Statuses, ArrivalIsMadeOnceForEachRecipientHere) {
  const MessageKey key = accept({"H52.05"});
  const auto statuses = h52.messages().statuses_of(key, 10);
  ASSERT_EQ(statuses.size(), 1U);
  EXPECT_EQ(statuses[0].key.sender, code("H52.05"));
  EXPECT_EQ(statuses[0].certificate, seal_of_node(code("H52")).sha256());
}

}  // namespace
}  // namespace tram::sim
