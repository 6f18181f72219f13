// What operators do to deliveries.
#include <gtest/gtest.h>

#include <map>

#include "codec/evidence_json.h"
#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

class DeliveryDeskTest : public testing::Test {
 protected:
  DeliveryDeskTest() {
    RegistryEntry entry;
    entry.certificate = Sha256::of("operator");
    entry.agency = code("H52");
    entry.system = "operations";
    entry.roles.add(Role::operator_);
    for (SimNode* node : world.nodes()) node->register_entry(entry);
  }

  // However often its unit ran, a record is told no more often than it is logged.
  void TearDown() override {
    for (SimNode* node : world.nodes()) {
      std::map<Bytes, int> times;
      for (const exchange::LogEntry& entry : node->tables().log) ++times[entry.record];
      for (const EvidenceRecord& told : node->observer().records()) {
        if (told.event == EvidenceEvent::receipt_verified) continue;  // another node's record
        EXPECT_GE(--times[codec::write_record(told)], 0) << "told more often than logged: " << told.reason;
      }
    }
  }

  exchange::Identity operator_of(SimNode& node) {
    return node.node().identify(Sha256::of("operator")).value();
  }

  MessageKey send(const std::string& id, const std::vector<std::string>& to) {
    world.sender.send(request(dispatch("H52.01", id, to)));
    return {code("H52.01"), MessageId(id)};
  }
  using Method = void (exchange::Node::*)(const exchange::Identity&, const DeliveryId&, const std::string&,
                                          std::function<void(Result<exchange::DeliveryAct>)>);
  Result<exchange::DeliveryAct> act(Method method, const std::string& id, SimNode* at = nullptr) {
    SimNode& node = at != nullptr ? *at : world.sonla;
    std::optional<Result<exchange::DeliveryAct>> answer;
    (node.node().*method)(operator_of(node), DeliveryId(id), "asked by phone",
                          [&](Result<exchange::DeliveryAct> done) { answer = std::move(done); });
    EXPECT_TRUE(world.world.run_until([&] { return answer.has_value(); }, std::chrono::seconds(5)));
    return *answer;
  }
  Result<exchange::DeliveryAct> retry(const std::string& id) {
    return act(&exchange::Node::retry_delivery, id);
  }
  Result<exchange::DeliveryAct> cancel(const std::string& id, SimNode* at = nullptr) {
    return act(&exchange::Node::cancel_delivery, id, at);
  }
  Result<exchange::DeliveryAct> forward(const std::string& id, const std::string& to) {
    std::optional<Result<exchange::DeliveryAct>> answer;
    world.sonla.node().forward_delivery(
        operator_of(world.sonla), DeliveryId(id), to, "wrong code",
        [&](Result<exchange::DeliveryAct> done) { answer = std::move(done); });
    EXPECT_TRUE(world.world.run_until([&] { return answer.has_value(); }, std::chrono::seconds(5)));
    return *answer;
  }
  exchange::RecipientRow line(const MessageKey& key, const std::string& recipient) {
    const auto known = world.sonla.messages().find(key);
    for (const auto& row : world.sonla.messages().recipients(known->row)) {
      if (row.agency == code(recipient)) return row;
    }
    ADD_FAILURE() << "no line of " << recipient;
    return {};
  }
  std::size_t acts(const MessageKey& key, const std::string& reason) {
    const auto view = world.sonla.node().track(world.sender.who(), key);
    std::size_t count = 0;
    for (const exchange::TrackEvent& event : view.value().events)
      count += event.detail.starts_with(reason) ? 1 : 0;
    return count;
  }

  ThreeNodes world;
};

TEST_F(DeliveryDeskTest, ADeadLetterIsListedWithItsReason) {
  world.start();
  const MessageKey key = send("d", {"G09.02", "G09.99"});
  ASSERT_TRUE(world.settle());
  const auto letters = world.sonla.node().dead_letters(10);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].key, key);
  EXPECT_EQ(letters[0].recipient.agency, code("G09.99"));
  EXPECT_TRUE(letters[0].recipient.reason.starts_with("UNKNOWN_RECIPIENT: ")) << letters[0].recipient.reason;
  EXPECT_TRUE(world.truc.node().dead_letters(10).empty()) << "its sender is not there";
}

TEST_F(DeliveryDeskTest, ARetriedDeadLetterArrivesOnce) {
  world.start();
  const MessageKey key = send("d", {"G09.02", "G09.99"});
  ASSERT_TRUE(world.settle());
  SimAgency late(world.noivu, "G09.99");
  world.noivu.crash();
  world.noivu.start();
  const auto done = retry("H52.01/d/G09.99");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->outcome, "on its way again by link truc");
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(line(key, "G09.99").state, RecipientState::handed_over);
  EXPECT_EQ(line(key, "G09.99").retries, 1U);
  EXPECT_EQ(late.taken().size(), 1U);
  EXPECT_EQ(world.ministry.taken().size(), 1U) << "who had it is not served twice";
  EXPECT_EQ(acts(key, "DELIVERY_RETRIED"), 1U);
  EXPECT_TRUE(world.sonla.node().dead_letters(10).empty());
}

TEST_F(DeliveryDeskTest, ARetryThatFailsAgainIsADeadLetterAgain) {
  world.start();
  const MessageKey key = send("d", {"G09.99"});
  ASSERT_TRUE(world.settle());
  for (std::uint32_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(retry("H52.01/d/G09.99"));
    ASSERT_TRUE(world.settle());
    EXPECT_EQ(line(key, "G09.99").state, RecipientState::dead);
    EXPECT_EQ(line(key, "G09.99").retries, i);
  }
}

TEST_F(DeliveryDeskTest, WhatIsOnItsWayIsNotRetried) {
  world.start();
  send("d", {"G09.02"});
  ASSERT_TRUE(world.settle());
  const auto done = retry("H52.01/d/G09.02");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "NOT_WAITING");
  EXPECT_EQ(retry("H52.01/none/G09.02").error().reason, "MESSAGE_UNKNOWN");
  EXPECT_EQ(retry("nonsense").error().reason, "DELIVERY_ID_MALFORMED");
}

TEST_F(DeliveryDeskTest, WhatHasNotLeftIsCancelledForOneRecipient) {
  world.start();
  world.network.cut(code("H52"), code("H01"));
  world.world.run_for(std::chrono::seconds(1));
  const MessageKey key = send("d", {"G09.02", "G09.99"});
  world.world.run_for(std::chrono::seconds(1));
  const auto done = cancel("H52.01/d/G09.99");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(line(key, "G09.99").state, RecipientState::closed);
  EXPECT_EQ(acts(key, "DELIVERY_CANCELLED"), 1U);
  world.network.join(code("H52"), code("H01"));
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(line(key, "G09.99").state, RecipientState::closed);
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::handed_over);
}

TEST_F(DeliveryDeskTest, WhatMayHaveLeftIsNotCancelled) {
  world.start();
  send("d", {"G09.02"});
  world.network.faults.lose_answer = 1000;
  world.world.run_for(std::chrono::milliseconds(20));
  world.network.cut(code("H52"), code("H01"));
  const auto done = cancel("H52.01/d/G09.02");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "MAY_HAVE_LEFT");
}

TEST_F(DeliveryDeskTest, ADeadLetterIsClosed) {
  world.start();
  const MessageKey key = send("d", {"G09.99"});
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(cancel("H52.01/d/G09.99"));
  EXPECT_EQ(line(key, "G09.99").state, RecipientState::closed);
  EXPECT_TRUE(world.sonla.node().dead_letters(10).empty());
  EXPECT_FALSE(retry("H52.01/d/G09.99"));
}

TEST_F(DeliveryDeskTest, WhatARelayEndsItsSenderHears) {
  world.start();
  world.network.cut(code("G09"), code("H01"));
  world.world.run_for(std::chrono::seconds(1));
  const MessageKey key = send("d", {"G09.02"});
  world.world.run_for(std::chrono::seconds(1));
  const auto done = cancel("H52.01/d/G09.02", &world.truc);
  ASSERT_TRUE(done) << done.error().text();
  world.world.run_for(std::chrono::seconds(2));
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::dead);
  EXPECT_TRUE(line(key, "G09.02").reason.starts_with("CLOSED_BY_OPERATOR")) << line(key, "G09.02").reason;
}

TEST_F(DeliveryDeskTest, ADeadLetterIsForwardedUntouchedAndItsRecipientIsTold) {
  SimAgency right(world.noivu, "G09.03");
  world.start();
  const MessageKey key = send("d", {"G09.02", "G09.99"});
  ASSERT_TRUE(world.settle());
  const auto done = forward("H52.01/d/G09.99", "G09.03");
  ASSERT_TRUE(done) << done.error().text();
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(line(key, "G09.99").state, RecipientState::closed);
  EXPECT_EQ(line(key, "G09.99").reason, "FORWARDED: to G09.03");
  EXPECT_EQ(line(key, "G09.03").state, RecipientState::handed_over);
  ASSERT_EQ(right.taken().size(), 1U);
  EXPECT_EQ(right.taken()[0].header.submission.key, key);
  ASSERT_TRUE(right.taken()[0].forwarding);
  EXPECT_NE(right.taken()[0].forwarding->record.find("instead of to G09.99"), std::string::npos);
  ASSERT_EQ(world.ministry.taken().size(), 1U);
  EXPECT_FALSE(world.ministry.taken()[0].forwarding);
  EXPECT_EQ(acts(key, "DELIVERY_FORWARDED"), 1U);
}

TEST_F(DeliveryDeskTest, WhatIsForwardedToAnInboxOfThisNodeComesOnAnOpenStream) {
  world.sonla.register_agency("H52.06", "qlvb", "van-thu");
  world.start();
  const auto heard = std::make_shared<HeardInbox>();
  const auto stream = world.sonla.node().receive(world.sonla.who("H52.06 qlvb"), heard).value();
  stream->add_credits(1);
  send("d", {"G09.99"});
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(forward("H52.01/d/G09.99", "H52.06"));
  world.world.run_for(std::chrono::seconds(1));
  EXPECT_EQ(heard->deliveries.size(), 1U);
}

TEST_F(DeliveryDeskTest, OnlyDeadLettersGoOnAndOnlyToNewRecipients) {
  world.start();
  send("d", {"G09.02", "G09.99"});
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(forward("H52.01/d/G09.02", "G09.03").error().reason, "NOT_A_DEAD_LETTER");
  EXPECT_EQ(forward("H52.01/d/G09.99", "G09.02").error().reason, "RECIPIENT_TWICE");
  EXPECT_EQ(forward("H52.01/d/G09.99", "what?").error().code, ErrorCode::invalid_argument);
}

TEST_F(DeliveryDeskTest, AForwardingThatWasTamperedWithIsRefused) {
  SimAgency right(world.noivu, "G09.03");
  world.start();
  const MessageKey key = send("d", {"G09.99"});
  ASSERT_TRUE(world.settle());
  world.network.tamper = [&](const AgencyCode&, const AgencyCode&, exchange::HopItem& item) {
    auto* hop = std::get_if<exchange::HopMessage>(&item);
    if (hop == nullptr || !hop->forwarding) return;
    const auto at = hop->forwarding->record.find("instead");
    ASSERT_NE(at, std::string::npos);
    hop->forwarding->record[at] = 'I';
  };
  ASSERT_TRUE(forward("H52.01/d/G09.99", "G09.03"));
  ASSERT_TRUE(world.settle());
  EXPECT_TRUE(right.taken().empty());
  EXPECT_EQ(line(key, "G09.03").state, RecipientState::dead);
}

TEST_F(DeliveryDeskTest, WithoutAForwardingNobodyIsServedWhomTheSenderDidNotName) {
  SimAgency right(world.noivu, "G09.03");
  world.start();
  const MessageKey key = send("d", {"G09.99"});
  ASSERT_TRUE(world.settle());
  world.network.tamper = [&](const AgencyCode&, const AgencyCode&, exchange::HopItem& item) {
    if (auto* hop = std::get_if<exchange::HopMessage>(&item)) hop->forwarding.reset();
  };
  ASSERT_TRUE(forward("H52.01/d/G09.99", "G09.03"));
  ASSERT_TRUE(world.settle());
  EXPECT_TRUE(right.taken().empty());
  EXPECT_EQ(line(key, "G09.03").state, RecipientState::dead);
}

TEST_F(DeliveryDeskTest, OnlyOperatorsAct) {
  world.start();
  std::optional<Result<exchange::DeliveryAct>> answer;
  world.sonla.node().retry_delivery(world.sender.who(), DeliveryId("H52.01/d/G09.02"), "",
                                    [&](Result<exchange::DeliveryAct> done) { answer = std::move(done); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, ErrorCode::permission_denied);
}

TEST_F(DeliveryDeskTest, WhatNobodyTakesInTimeIsGivenUpAndAProofCorrectsThat) {
  world.truc.settings().patience = std::chrono::hours(1);
  world.start();
  world.network.cut(code("G09"), code("H01"));
  world.world.run_for(std::chrono::seconds(1));
  const MessageKey key = send("d", {"G09.02"});
  world.world.run_for(std::chrono::hours(2));
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::given_up);
  EXPECT_TRUE(line(key, "G09.02").reason.starts_with("NOT_TAKEN_IN_TIME")) << line(key, "G09.02").reason;
  world.network.join(code("G09"), code("H01"));
  ASSERT_TRUE(retry("H52.01/d/G09.02"));
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(line(key, "G09.02").state, RecipientState::handed_over);
  EXPECT_EQ(world.ministry.taken().size(), 1U);
}

}  // namespace
}  // namespace tram::sim
