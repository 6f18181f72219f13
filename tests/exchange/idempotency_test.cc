// One id, one message: the same content again gets the first answer, other content is refused.
#include <gtest/gtest.h>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::Acceptance;

class Idempotency : public OneNode, public testing::Test {};

TEST_F(Idempotency, ARetryGetsTheFirstAnswer) {
  const auto one = request(dispatch("H52.01", "d", {"H52.05"}), {file("a.pdf", "x")});
  const auto first = submit(one);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_FALSE(first->repeated);
  run();
  const std::uint64_t logged = h52.messages().log_size();
  const auto again = submit(one);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->key, first->key);
  EXPECT_EQ(again->accepted_at, first->accepted_at);
  EXPECT_EQ(again->header_digest, first->header_digest);
  EXPECT_EQ(again->log_index, first->log_index);
  EXPECT_EQ(h52.messages().log_size(), logged);
}

TEST_F(Idempotency, HoldsOverACrash) {
  const auto one = request(dispatch("H52.01", "d", {"H52.05"}));
  const auto first = submit(one);
  h52.crash();
  h52.start();
  const auto again = submit(one);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->header_digest, first->header_digest);
}

TEST_F(Idempotency, OtherContentIsRefused) {
  ASSERT_TRUE(submit(request(dispatch("H52.01", "d", {"H52.05"}))));
  Submission other = dispatch("H52.01", "d", {"H52.05"});
  other.dispatch->subject = "Việc khác";
  const auto answer = submit(request(other));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::already_exists);
  EXPECT_EQ(answer.error().reason, "ID_REUSED");
}

TEST_F(Idempotency, OneIdOfTwoAgenciesIsTwoMessages) {
  ASSERT_TRUE(submit(agency("H52.01"), request(dispatch("H52.01", "d", {"H52.05"}))));
  const auto other = submit(agency("H52.05"), request(dispatch("H52.05", "d", {"H52.01"})));
  ASSERT_TRUE(other) << other.error().text();
  EXPECT_FALSE(other->repeated);
}

TEST_F(Idempotency, CopiesThatWereSentOutAgainAndComeTogetherReachAllRecipients) {
  know(seal_of(code("G09.02")));
  Draft one = draft(world, "d", {"H52.01", "H52.05"});
  const auto copy = [&](const std::string& recipient) {
    one.recipients = codes({recipient});
    exchange::HopMessage out = one.sealed();
    out.retry = 1;
    return out;
  };
  const MessageKey key{code("G09.02"), MessageId("d")};
  const auto outcomes = relay({copy("H52.01"), copy("H52.05")});
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].result, exchange::HopResult::accepted);
  EXPECT_EQ(outcomes[1].result, exchange::HopResult::not_yet)
      << "checked as the first, found to be the second";
  EXPECT_EQ(recipients(key).size(), 1U);
  EXPECT_EQ(relay(copy("H52.05")).result, exchange::HopResult::accepted);
  EXPECT_EQ(recipients(key).size(), 2U);
}

TEST_F(Idempotency, WhoHasACopyThatIsSentOutAgainIsProvenAgainAndNotServedAgain) {
  know(seal_of(code("G09.02")));
  exchange::HopMessage copy = draft(world, "d", {"H52.05"}).sealed();
  EXPECT_EQ(relay(copy).result, exchange::HopResult::accepted);
  EXPECT_EQ(h52.observer().count(EvidenceEvent::content_consignment), 1U);
  copy.retry = 1;
  EXPECT_EQ(relay(copy).result, exchange::HopResult::accepted);
  EXPECT_EQ(h52.observer().count(EvidenceEvent::content_consignment), 2U);
  EXPECT_EQ(h52.messages().counts().waiting_inbox, 1U);
}

TEST_F(Idempotency, WhatAnOlderNodeAcceptedIsNotRefusedForALaterRule) {
  know(seal_of(code("G09.02")));
  Draft one = draft(world, "d", {"H52.05"});
  one.files = {file("a.pdf", "x")};
  one.files.front().attachment.media_type = "pdf";  // no media type of RFC 6838
  EXPECT_EQ(relay(one.sealed()).result, exchange::HopResult::accepted);
  const auto submitted = submit(request(dispatch("H52.01", "e", {"H52.05"}), one.files));
  ASSERT_FALSE(submitted);
  EXPECT_NE(submitted.error().text().find("media type"), std::string::npos) << submitted.error().text();
}

class Concurrent : public Idempotency {
 protected:
  // Submits all at once, and answers the answers.
  std::vector<Result<Acceptance>> submit_all(const std::vector<exchange::SubmissionRequest>& requests) {
    std::vector<Result<Acceptance>> answers;
    for (const auto& each : requests) {
      node().submit(agency(), each,
                    [&answers](const Result<Acceptance>& answer) { answers.push_back(answer); });
    }
    EXPECT_TRUE(answers.empty());
    run();
    EXPECT_EQ(answers.size(), requests.size());
    return answers;
  }
};

TEST_F(Concurrent, DuplicateWaitsAndGetsTheSameAnswer) {
  const auto one = request(dispatch("H52.01", "d", {"H52.05"}));
  const auto answers = submit_all({one, one, one});
  int firsts = 0;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->header_digest, answers[0]->header_digest);
    EXPECT_EQ(answer->log_index, answers[0]->log_index);
    firsts += answer->repeated ? 0 : 1;
  }
  EXPECT_EQ(firsts, 1);
  EXPECT_EQ(h52.messages().counts().messages, 2U);  // the document and its status 01
}

TEST_F(Concurrent, OfTwoContentsOneWins) {
  Submission other = dispatch("H52.01", "d", {"H52.05"});
  other.dispatch->subject = "Việc khác";
  const auto answers = submit_all({request(dispatch("H52.01", "d", {"H52.05"})), request(other)});
  EXPECT_TRUE(answers[0]);
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].error().code, ErrorCode::already_exists);
}

}  // namespace
}  // namespace tram::sim
