// What a relayed message is refused for. The refusal is logged, and answered to the previous node.
#include <gtest/gtest.h>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using exchange::HopMessage;
using exchange::HopOutcome;
using exchange::HopResult;

class RelayRefusal : public OneNode, public testing::Test {
 protected:
  void SetUp() override {
    know(seal_of(code("G09.02")));
    know(seal_of_node(code("G09")));
  }

  void expect_refused(const HopOutcome& outcome, const std::string& reason) {
    EXPECT_EQ(outcome.result, HopResult::refused);
    EXPECT_EQ(outcome.error.reason, reason) << outcome.error.text();
    EXPECT_EQ(h52.messages().counts().messages, 0U);
    EXPECT_EQ(h52.messages().log_size(), 1U) << "the refusal is evidence";
    ASSERT_FALSE(h52.observer().refusals().empty());
    EXPECT_EQ(h52.observer().refusals().back().error.reason, reason);
  }
  Draft one() { return draft(world, "d", {"H52.01", "H52.05"}); }
};

TEST_F(RelayRefusal, NothingOfAGoodOne) {
  const auto outcome = relay(one().sealed());
  EXPECT_EQ(outcome.result, HopResult::accepted) << outcome.error.text();
  EXPECT_EQ(h52.messages().counts().messages, 3U);  // it and two statuses 01
}

TEST_F(RelayRefusal, SenderNotBehindTheLink) {
  expect_refused(relay(one().sealed(), "H12"), "SENDER_NOT_BEHIND_LINK");
}

TEST_F(RelayRefusal, OurOwnAgencyAsSender) {
  Draft forged = one();
  forged.header.submission.key.sender = code("H52.05");
  forged.header.submission.recipients = codes({"H52.01"});
  forged.seal = seal_of(code("H52.05"));
  const auto outcome = relay(forged.sealed());
  EXPECT_EQ(outcome.error.code, ErrorCode::permission_denied);
  expect_refused(outcome, "SENDER_NOT_BEHIND_LINK");
}

TEST_F(RelayRefusal, RecipientThatWasNotSigned) {
  Draft wrong = one();
  wrong.header.submission.recipients = codes({"H52.01"});
  wrong.recipients = codes({"H52.05"});
  expect_refused(relay(wrong.sealed()), "RECIPIENT_NOT_SIGNED");
}

TEST_F(RelayRefusal, OneRecipientTwiceInAHop) {
  Draft wrong = one();
  wrong.recipients = codes({"H52.01", "H52.01"});
  expect_refused(relay(wrong.sealed()), "RECIPIENT_NOT_SIGNED");
}

TEST_F(RelayRefusal, NoRecipient) {
  HopMessage hop = one().sealed();
  hop.recipients.clear();
  expect_refused(relay(hop), "FIELD_EMPTY");
}

TEST_F(RelayRefusal, AllRecipientsUnknown) {
  const HopOutcome outcome = relay(draft(world, "d", {"H52.98", "H52.99"}).sealed());
  expect_refused(outcome, "UNKNOWN_RECIPIENT");
  for (const char* unknown : {"H52.98", "H52.99"})
    EXPECT_NE(outcome.error.message.find(unknown), std::string::npos) << outcome.error.text();
}

TEST_F(RelayRefusal, NeverBackWhereItCameFrom) {
  expect_refused(relay(draft(world, "d", {"H37.01"}).sealed()), "UNKNOWN_RECIPIENT");
}

TEST_F(RelayRefusal, RoutingLoop) {
  HopMessage hop = one().sealed();
  hop.trace = codes({"G09", "H52", "H01"});
  expect_refused(relay(hop), "ROUTING_LOOP");
}

TEST_F(RelayRefusal, BadSignature) {
  HopMessage hop = one().sealed();
  hop.signature.back() = hop.signature.back() == '0' ? '1' : '0';
  const auto outcome = relay(hop);
  ASSERT_EQ(outcome.error.causes.size(), 2U) << "all causes: " << outcome.error.text();
  expect_refused(outcome, "SIGNATURE_REFUSED");
  run();
  EXPECT_FALSE(h52.messages().certificate(hop.certificate)) << "only a good signature's is learnt";
}

TEST_F(RelayRefusal, ABroughtCertificateThatIsNone) {
  HopMessage hop = one().sealed();
  hop.certificate = Sha256::of("no certificate");
  bring("no certificate");
  expect_refused(relay(hop), "CERTIFICATE_MALFORMED");
}

TEST_F(RelayRefusal, ForeignAgency) {
  Draft wrong = one();
  wrong.seal = seal_of(code("G09.03"));
  know(wrong.seal);
  expect_refused(relay(wrong.sealed()), "SIGNATURE_REFUSED");
}

TEST_F(RelayRefusal, ChangedHeader) {
  HopMessage hop = one().sealed();
  hop.header.replace(hop.header.find("UBND-NC"), 4, "HĐND");
  expect_refused(relay(hop), "SIGNATURE_REFUSED");
}

TEST_F(RelayRefusal, ChangedAttachment) {
  Draft with_file = one();
  with_file.files = {file("a.pdf", "content")};
  HopMessage hop = with_file.sealed();
  hop.contents[0].bytes = "CONTENT";
  expect_refused(relay(hop), "DIGEST_MISMATCH");
}

TEST_F(RelayRefusal, GarbageHeader) {
  HopMessage hop = one().sealed();
  hop.header = "{\"version\":1,";
  const auto outcome = relay(hop);
  EXPECT_EQ(outcome.result, HopResult::refused);
  EXPECT_EQ(outcome.error.code, ErrorCode::invalid_argument);
  EXPECT_EQ(h52.messages().log_size(), 1U);
}

// Its time comes: a wrong clock makes no dead letters.
TEST_F(RelayRefusal, SignedInTheFutureIsNotTakenYet) {
  Draft ahead = one();
  ahead.header.signed_at += std::chrono::minutes(6);
  const HopMessage hop = ahead.sealed();
  const auto outcome = relay(hop);
  EXPECT_EQ(outcome.result, HopResult::not_yet);
  EXPECT_EQ(outcome.error.reason, "SIGNED_AHEAD");
  EXPECT_EQ(h52.messages().log_size(), 0U);
  run(std::chrono::minutes(2));
  EXPECT_EQ(relay(hop).result, HopResult::accepted);
}

TEST_F(RelayRefusal, SignedFurtherAheadThanItsSendersNodeWaits) {
  Draft wrong = one();
  wrong.header.signed_at += std::chrono::hours(24 * 8);
  expect_refused(relay(wrong.sealed()), "SIGNING_TIME_OUT_OF_BOUNDS");
}

TEST_F(RelayRefusal, OlderThanTheReplayWindow) {
  Draft wrong = one();
  wrong.header.signed_at -= std::chrono::hours(24 * 31);
  expect_refused(relay(wrong.sealed()), "SIGNING_TIME_OUT_OF_BOUNDS");
}

TEST_F(RelayRefusal, ANodesOwnSealOnADispatch) {
  Draft wrong = one();
  wrong.header.signed_by = SignedBy::node;
  wrong.seal = seal_of_node(code("G09"));
  expect_refused(relay(wrong.sealed()), "SIGNER_MISMATCH");
}

TEST_F(RelayRefusal, SecretDocument) {
  Draft secret = one();
  secret.header.submission.secrecy = "Mật";
  expect_refused(relay(secret.sealed()), "SECRET_DOCUMENT");
}

TEST_F(RelayRefusal, OneBadMessageSpoilsNoOther) {
  HopMessage bad = one().sealed();
  bad.signature.back() = bad.signature.back() == '0' ? '1' : '0';
  const auto outcomes =
      relay({draft(world, "a", {"H52.01"}).sealed(), bad, draft(world, "b", {"H52.01"}).sealed()});
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[0].result, HopResult::accepted);
  EXPECT_EQ(outcomes[1].result, HopResult::refused);
  EXPECT_EQ(outcomes[2].result, HopResult::accepted);
}

TEST_F(RelayRefusal, SomeRecipientsUnknownTheOthersAreServed) {
  const auto outcome = relay(draft(world, "d", {"H52.01", "H52.99"}).sealed());
  EXPECT_EQ(outcome.result, HopResult::accepted);
  run();
  const auto* rejection = h52.observer().last(EvidenceEvent::relay_rejection);
  ASSERT_NE(rejection, nullptr);
  EXPECT_EQ(rejection->recipients, codes({"H52.99"}));
  EXPECT_EQ(h52.observer().last(EvidenceEvent::content_consignment)->recipients, codes({"H52.01"}));
}

TEST_F(RelayRefusal, TheSameAgainIsAcceptedOtherContentIsNot) {
  const Draft first = one();
  ASSERT_EQ(relay(first.sealed()).result, HopResult::accepted);
  const auto stored = h52.messages().counts().messages;
  EXPECT_EQ(relay(first.sealed()).result, HopResult::accepted);
  Draft other = first;
  other.header.submission.dispatch->subject = "Việc khác";
  const auto outcome = relay(other.sealed());
  EXPECT_EQ(outcome.result, HopResult::refused);
  EXPECT_EQ(outcome.error.code, ErrorCode::already_exists);
  EXPECT_EQ(h52.messages().counts().messages, stored);
}

// What goes wrong today: once through the hub, once through the axis.
TEST_F(RelayRefusal, TheSameDocumentByAnotherWayIsNotTakenTwice) {
  const HopMessage hop = one().sealed();
  ASSERT_EQ(relay(hop).result, HopResult::accepted);
  const auto stored = h52.messages().counts();
  const HopOutcome again = relay(hop, "H12");
  EXPECT_EQ(again.result, HopResult::refused);
  EXPECT_EQ(again.error.reason, "ARRIVED_ELSEWHERE");
  EXPECT_EQ(h52.messages().counts().messages, stored.messages);
  EXPECT_EQ(h52.messages().counts().waiting_inbox, stored.waiting_inbox);
}

TEST_F(RelayRefusal, ADrainingNodeTakesNoBatch) {
  const auto stream = node().arrivals(peer(), exchange::Lane::routine).value();
  node().drain();
  std::vector<HopOutcome> heard;
  stream->batch({one().sealed()}, [&](std::vector<HopOutcome> outcomes) { heard = std::move(outcomes); });
  run();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].result, HopResult::retry);
  EXPECT_EQ(h52.messages().counts().messages, 0U);
  EXPECT_EQ(node().arrivals(peer(), exchange::Lane::routine).error().reason, "DRAINING");
}

TEST_F(RelayRefusal, OnlyPeersRelay) {
  const auto stream = node().arrivals(agency(), exchange::Lane::routine);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::permission_denied);
}

TEST_F(RelayRefusal, UnknownCertificateIsAskedFor) {
  Draft other = one();
  other.header.submission.key.sender = code("G09.03");
  other.seal = seal_of(code("G09.03"));
  EXPECT_EQ(relay(other.sealed()).result, HopResult::need_certificate);
  know(other.seal);
  EXPECT_EQ(relay(other.sealed()).result, HopResult::accepted);
  EXPECT_EQ(h52.messages().certificate(other.seal.sha256()), other.seal.der());
}

TEST_F(RelayRefusal, MissingContentIsAskedFor) {
  Draft with_file = one();
  with_file.files = {file("a.pdf", "content")};
  HopMessage hop = with_file.sealed();
  hop.contents[0] = {true, {}};
  EXPECT_EQ(relay(hop).result, HopResult::need_content);
  upload(h52, agency(), with_file.files[0]);
  EXPECT_EQ(relay(hop).result, HopResult::need_content) << "another's upload does not count";
  upload(h52, peer(), with_file.files[0]);
  EXPECT_EQ(relay(hop).result, HopResult::accepted);
}

}  // namespace
}  // namespace tram::sim
