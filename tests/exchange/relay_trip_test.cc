// Round trips between real nodes: certificates and contents asked for, refusals told back to the sender.
#include <gtest/gtest.h>

#include <algorithm>

#include "exchange/link_sender.h"
#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

using exchange::RecipientRow;

using exchange::HopItem;
using exchange::HopMessage;

// Of messages from H52 to H01: the most bytes that arrive within a round trip, so before an answer to any of
// them was heard.
class Unanswered {
 public:
  explicit Unanswered(Network& network) {
    const Duration round_trip = 2 * network.faults.latency;
    network.tamper = [this, &network, round_trip](const AgencyCode& from, const AgencyCode& to,
                                                  const HopItem& item) {
      const auto* hop = std::get_if<HopMessage>(&item);
      if (hop == nullptr || from != code("H52") || to != code("H01")) return;
      const Duration now = network.world().elapsed();
      std::erase_if(arrived_, [&](const auto& one) { return one.first <= now - round_trip; });
      arrived_.emplace_back(now, hop->header.size());
      for (const exchange::HopContent& content : hop->contents)
        arrived_.back().second += content.bytes.size();
      std::size_t sum = 0;
      for (const auto& one : arrived_) sum += one.second;
      most_ = std::max(most_, sum);
    };
  }
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  std::vector<std::pair<Duration, std::size_t>> arrived_;
  std::size_t most_ = 0;
};

class RelayTrip : public ThreeNodes, public testing::Test {
 protected:
  MessageKey send(const std::string& id, const std::vector<std::string>& recipients) {
    const Submission fields = dispatch("H52.01", id, recipients);
    sender.send(request(fields));
    return fields.key;
  }
  RecipientRow line(const MessageKey& key, const std::string& recipient) {
    for (const RecipientRow& row : sonla.messages().recipients(sonla.messages().find(key)->row)) {
      if (row.agency == code(recipient)) return row;
    }
    return {};
  }
  std::size_t rejections_proven(const MessageKey& key) {
    std::size_t out = 0;
    for (const auto& receipt : sonla.messages().receipts_of(sonla.messages().find(key)->row))
      out += receipt.event == EvidenceEvent::relay_rejection ? 1 : 0;
    return out;
  }
};

TEST_F(RelayTrip, AnUnknownCertificateIsFetchedOnceAndKept) {
  start();
  int copies = 0;
  network.tamper = [&](const AgencyCode& from, const AgencyCode& to, const HopItem& item) {
    if (from == code("H52") && to == code("H01") && std::holds_alternative<HopMessage>(item)) ++copies;
  };
  static_cast<void>(send("first", {"G09.02"}));
  ASSERT_TRUE(settle());
  EXPECT_EQ(copies, 2) << "refused for want of the certificate, then sent again";
  EXPECT_TRUE(noivu.messages().certificate(seal_of(code("H52.01")).sha256()));
  static_cast<void>(send("second", {"G09.02"}));
  ASSERT_TRUE(settle());
  EXPECT_EQ(copies, 3);
  EXPECT_EQ(ministry.taken().size(), 2U);
}

TEST_F(RelayTrip, ACertificateThatAFullDiskDidNotTakeIsKeptWithTheMessageThatNeedsIt) {
  start();
  world.run_for(std::chrono::seconds(1));
  truc.fill_disk(true);
  const MessageKey key = send("d", {"G09.02"});
  const Digest certificate = seal_of(code("H52.01")).sha256();
  ASSERT_TRUE(world.run_until([&] { return truc.verifier().knows(certificate); }, std::chrono::seconds(30)));
  world.run_for(std::chrono::seconds(1));
  EXPECT_FALSE(truc.messages().certificate(certificate));
  network.cut(code("H01"), code("G09"));  // so that it is still here after the next start
  truc.fill_disk(false);
  ASSERT_TRUE(
      world.run_until([&] { return truc.messages().find(key).has_value(); }, std::chrono::seconds(30)));
  EXPECT_TRUE(truc.messages().certificate(certificate));
  truc.crash();
  truc.start();
  network.join(code("H01"), code("G09"));
  ASSERT_TRUE(settle());
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::handed_over);
}

TEST_F(RelayTrip, TheDestinationRefusesAndTheSenderLearnsWhy) {
  start();
  const MessageKey key = send("d", {"G09.99"});
  ASSERT_TRUE(settle());
  EXPECT_TRUE(sender.accepted().contains(key)) << "H52 is not authoritative for G09";
  EXPECT_EQ(noivu.observer().refusals().back().error.reason, "UNKNOWN_RECIPIENT");
  EXPECT_EQ(line(key, "G09.99").state, RecipientState::dead);
  EXPECT_NE(line(key, "G09.99").reason.find("UNKNOWN_RECIPIENT"), std::string::npos);
  EXPECT_EQ(rejections_proven(key), 1U);
  EXPECT_EQ(sonla.node().dead_letters(9).size(), 1U) << "where its sender can act on it";
  EXPECT_TRUE(truc.node().queues({}).empty()) << "the axis has told its peer, and is done with it";
}

TEST_F(RelayTrip, SomeRecipientsRefusedOthersServed) {
  start();
  const MessageKey key = send("d", {"G09.02", "G09.99"});
  ASSERT_TRUE(settle());
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::handed_over);
  EXPECT_EQ(line(key, "G09.99").state, RecipientState::dead);
  EXPECT_EQ(ministry.taken().size(), 1U);
}

TEST_F(RelayTrip, TheRelayRefusesAndLogsIt) {
  truc.settings().links.erase(truc.settings().links.begin() + 1);  // no way to G09
  start();
  const MessageKey key = send("d", {"G09.02"});
  ASSERT_TRUE(settle());
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::dead);
  const auto* ours = sonla.observer().last(EvidenceEvent::relay_rejection);
  ASSERT_NE(ours, nullptr);
  EXPECT_EQ(ours->recipients, codes({"G09.02"}));
  EXPECT_EQ(ours->reason, "UNKNOWN_RECIPIENT");
  EXPECT_EQ(truc.messages().log_size(), 1U);
  const auto view = sonla.node().track(sender.who(), key);
  ASSERT_TRUE(view);
  EXPECT_TRUE(std::any_of(view->events.begin(), view->events.end(),
                          [](const auto& event) { return event.event == "RelayRejection"; }));
}

TEST_F(RelayTrip, TamperedOnTheWayIsRefusedAtTheNextNodeAndToldToTheSender) {
  start();
  network.tamper = [](const AgencyCode& from, const AgencyCode& to, HopItem& item) {
    auto* hop = std::get_if<HopMessage>(&item);
    if (hop == nullptr || from != code("H01") || to != code("G09")) return;
    if (const auto at = hop->header.find("UBND-NC"); at != Bytes::npos) hop->header[at] = 'V';
  };
  const MessageKey key = send("d", {"G09.02"});
  ASSERT_TRUE(settle());
  EXPECT_TRUE(ministry.taken().empty());
  EXPECT_EQ(noivu.observer().refusals().back().error.reason, "SIGNATURE_REFUSED");
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::dead);
  EXPECT_NE(line(key, "G09.02").reason.find("SIGNATURE_REFUSED"), std::string::npos);
  EXPECT_EQ(rejections_proven(key), 1U);
}

TEST_F(RelayTrip, LateMessagesAreJudgedByTheAcceptingLog) {
  // The seal's certificate ends while the document waits for the way to G09; it was good when H52 accepted
  // it, and H52's log proves that to the axis and, through it, to G09.
  PracticeCertificate brief = seal_of(code("H52.01"));
  brief.not_after = world.now() + std::chrono::minutes(1);
  sonla.seals().entrust(code("H52.01"), brief);
  sonla.keep_certificate(brief.der());
  start();
  network.cut(code("H52"), code("H01"));
  network.cut(code("H01"), code("G09"));
  const MessageKey key = send("d", {"G09.02"});
  world.run_for(std::chrono::minutes(5));
  network.join(code("H52"), code("H01"));
  world.run_for(std::chrono::minutes(5));
  network.join(code("H01"), code("G09"));
  ASSERT_TRUE(settle());
  ASSERT_EQ(ministry.taken().size(), 1U) << line(key, "G09.02").reason;
  EXPECT_EQ(ministry.taken()[0].verdict.basis, TimeBasis::accepting_log);
}

TEST_F(RelayTrip, AWrongNodeAtTheOtherEndGetsNothing) {
  sonla.settings().links[0].node = code("G09");  // the address leads to H01
  start();
  static_cast<void>(send("d", {"G09.02"}));
  world.run_for(std::chrono::seconds(5));
  const auto links = sonla.node().links();
  ASSERT_EQ(links.size(), 1U);
  EXPECT_FALSE(links[0].connected);
  EXPECT_NE(links[0].last_error.find("G09"), std::string::npos);
  EXPECT_GT(links[0].attempts, 1U);
  EXPECT_EQ(links[0].waiting, 1U);
  EXPECT_EQ(truc.messages().counts().messages, 0U);
}

TEST_F(RelayTrip, ANodeWithoutRoomIsTriedEverMoreSeldomThoughItCallsItself) {
  for (SimNode* full : {&truc, &sonla}) {
    start();
    ASSERT_TRUE(settle());
    network.cut(code("H52"), code("H01"));
    const MessageKey key = send("while-full-at-" + full->code().text(), {"G09.02"});
    world.run_for(std::chrono::seconds(1));
    full->fill_disk(true);
    network.join(code("H52"), code("H01"));
    std::size_t hops = 0;
    network.tamper = [&](const AgencyCode&, const AgencyCode&, exchange::HopItem&) { ++hops; };
    world.run_for(std::chrono::minutes(2));
    network.tamper = {};
    EXPECT_LT(hops, 400U) << "one to three each time, every two seconds; ten times as many without a pause";
    full->fill_disk(false);
    const auto delivered = [&] { return line(key, "G09.02").state == RecipientState::handed_over; };
    EXPECT_TRUE(world.run_until(delivered, std::chrono::seconds(6))) << full->code().text();
    for (SimNode* node : nodes()) node->crash();
  }
}

TEST_F(RelayTrip, BytesThatAFarPeerHasNotAnsweredAreBounded) {
  constexpr std::size_t kFile = 1'000'000;
  constexpr int kFiles = 25;
  for (SimNode* node : nodes()) node->settings().inline_limit = 1 << 20;
  network.faults.latency = std::chrono::seconds(1);
  const Unanswered unanswered(network);
  start();
  for (int i = 0; i < kFiles; ++i) {
    const Submission fields = dispatch("H52.01", "d" + std::to_string(i), {"G09.02"});
    sender.send(request(fields, {file("a.pdf", Bytes(kFile, 'a'))}));
  }
  ASSERT_TRUE(settle());
  EXPECT_EQ(ministry.taken().size(), std::size_t{kFiles});
  constexpr std::size_t kMost = exchange::LinkSender::kBytesInFlight;
  EXPECT_LT(unanswered.most(), kMost + kFile) << "one may go beyond";
  EXPECT_GT(unanswered.most(), kMost - 2 * kFile) << "what may go goes";
}

// An earlier upload still wrote when the peer said how much it has.
TEST_F(RelayTrip, AnUploadAtTheWrongOffsetIsNoReasonForADeadLetter) {
  start();
  const File large = file("a.pdf", Bytes(150'001, 'a'));
  upload(sonla, sender.who(), large);
  network.refuse_upload =
      failure(ErrorCode::failed_precondition, "UPLOAD_OFFSET", "the upload does not go on at this offset");
  const Submission fields = dispatch("H52.01", "d", {"G09.02"});
  sender.send(request_uploaded(fields, {large}));
  ASSERT_TRUE(settle());
  EXPECT_FALSE(network.refuse_upload) << "it was asked for";
  EXPECT_EQ(line(fields.key, "G09.02").state, RecipientState::handed_over);
  EXPECT_EQ(rejections_proven(fields.key), 0U);
}

TEST_F(RelayTrip, EachBundleOfReceiptsThatThePeerRefusesIsToldOnce) {
  sonla.settings().known_logs.clear();
  std::size_t sent = 0;
  network.tamper = [&](const AgencyCode& from, const AgencyCode& to, const HopItem& item) {
    const bool counts = from == code("H01") && to == code("H52");
    if (counts && std::holds_alternative<ReceiptBundle>(item)) ++sent;
  };
  start();
  send("d", {"G09.02"});
  world.run_for(std::chrono::seconds(10));
  const auto& refusals = truc.observer().refusals();
  const auto told = std::count_if(refusals.begin(), refusals.end(), [](const Refusal& refusal) {
    return refusal.where.starts_with("receipts to ");
  });
  EXPECT_GT(sent, 0U);
  EXPECT_EQ(static_cast<std::size_t>(told), sent);
}

TEST_F(RelayTrip, APeerThatAsksForAReceiptsCertificateIsNotBelieved) {
  start();
  const MessageKey key = send("d", {"G09.02"});
  ASSERT_TRUE(settle());
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::handed_over);
  network.mangle_answers = [](const AgencyCode& from, std::vector<exchange::HopOutcome>& outcomes) {
    if (from != code("G09")) return;
    for (auto& outcome : outcomes) outcome.result = exchange::HopResult::need_certificate;
  };
  const MessageKey other = send("e", {"G09.02"});
  world.run_for(std::chrono::seconds(5));
  const auto state = noivu.node().links().at(0);
  EXPECT_GT(state.waiting, 0U) << "nothing counts as sent";
  EXPECT_NE(noivu.observer().link_errors().back().find("a batch that was not sent so"), std::string::npos);
  network.mangle_answers = {};
  ASSERT_TRUE(settle());
  EXPECT_EQ(line(other, "G09.02").state, RecipientState::handed_over);
}

}  // namespace
}  // namespace tram::sim
