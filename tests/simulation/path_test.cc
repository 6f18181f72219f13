// The whole path while nothing breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/oracle.h"
#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

std::vector<MessageKey> send_documents(ThreeNodes& world, int count) {
  std::vector<MessageKey> keys;
  for (int i = 0; i < count; ++i) {
    const Submission fields = dispatch("H52.01", "d" + std::to_string(i), {"G09.02", "H52.05"});
    keys.push_back(fields.key);
    world.sender.send(request(fields, {file("cong-van.pdf", "nội dung " + std::to_string(i))}));
  }
  return keys;
}

// Both recipients took every document, its sender got 01, 03 and 06 of both, and nothing was refused.
void expect_all_held(ThreeNodes& world, const Witness& witness, const std::vector<MessageKey>& keys) {
  EXPECT_THAT(consult_oracle(world.cast(), {&witness}), testing::IsEmpty());
  EXPECT_EQ(world.sender.accepted().size(), keys.size());
  EXPECT_EQ(world.ministry.taken().size(), keys.size());
  EXPECT_EQ(world.neighbour.taken().size(), keys.size());
  EXPECT_EQ(world.sender.taken().size(), 6 * keys.size());
  for (SimNode* node : world.nodes()) {
    EXPECT_TRUE(node->observer().refusals().empty()) << node->code().text();
    EXPECT_TRUE(node->tables().outgoing.empty()) << node->code().text();
  }
}

TEST(Path, OneDocumentReachesBothRecipientsAndItsProofComesBack) {
  ThreeNodes world;
  const Witness witness(world.network, world.cast());
  world.neighbour.report_statuses();
  world.ministry.report_statuses();
  world.start();
  const auto keys = send_documents(world, 1);
  ASSERT_TRUE(world.settle());
  expect_all_held(world, witness, keys);
  const SimAgency::Taken& taken = world.ministry.taken().front();
  EXPECT_FALSE(taken.redelivered);
  EXPECT_TRUE(taken.verdict.good());
  EXPECT_EQ(taken.verdict.who(), "sealed by node H52 for the agency H52.01");
  ASSERT_EQ(taken.contents.size(), 1U);
  EXPECT_EQ(taken.contents[0].bytes, "nội dung 0");
}

TEST(Path, TheAxisSeesNoInboxAndKeepsNoLineOfRecipients) {
  ThreeNodes world;
  world.start();
  const auto keys = send_documents(world, 1);
  ASSERT_TRUE(world.settle());
  const auto known = world.truc.messages().find(keys.front());
  ASSERT_TRUE(known);
  EXPECT_TRUE(world.truc.messages().recipients(known->row).empty());
  EXPECT_EQ(world.truc.observer().count(EvidenceEvent::content_consignment), 0U);
}

TEST(Path, ArrivalIsSaidByTheReceivingNodeItself) {
  ThreeNodes world;
  world.start();
  static_cast<void>(send_documents(world, 1));
  ASSERT_TRUE(world.settle());
  ASSERT_EQ(world.sender.taken().size(), 2U);
  for (const SimAgency::Taken& status : world.sender.taken()) {
    EXPECT_EQ(status.header.signed_by, SignedBy::node);
    EXPECT_EQ(status.header.submission.status->code, StatusCode::arrived);
    EXPECT_EQ(status.verdict.signed_by, SignedBy::node);
    EXPECT_TRUE(status.verdict.good());
  }
}

TEST(Path, ManyDocumentsAtOnceInAnyOrderOfEvents) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    ThreeNodes world(seed, std::chrono::microseconds(300));
    const Witness witness(world.network, world.cast());
    world.neighbour.report_statuses();
    world.ministry.report_statuses();
    world.start();
    const auto keys = send_documents(world, 40);
    ASSERT_TRUE(world.settle());
    expect_all_held(world, witness, keys);
  }
}

TEST(Path, TwoRecipientsBehindOneLinkAreOneCopy) {
  ThreeNodes world;
  SimAgency second(world.noivu, "G09.03");
  world.start();
  std::size_t copies = 0;
  world.network.tamper = [&](const AgencyCode&, const AgencyCode& to, exchange::HopItem& item) {
    const auto* hop = std::get_if<exchange::HopMessage>(&item);
    if (hop == nullptr || to != code("G09") || hop->header.find("\"dispatch\"") == Bytes::npos) return;
    if (world.noivu.messages().find({code("H52.01"), MessageId("d")})) return;
    ++copies;
    EXPECT_EQ(hop->recipients, codes({"G09.02", "G09.03"}));
  };
  world.sender.send(request(dispatch("H52.01", "d", {"G09.02", "G09.03"})));
  ASSERT_TRUE(world.settle());
  EXPECT_GE(copies, 1U);
  EXPECT_EQ(world.ministry.taken().size(), 1U);
  EXPECT_EQ(second.taken().size(), 1U);
}

}  // namespace
}  // namespace tram::sim
