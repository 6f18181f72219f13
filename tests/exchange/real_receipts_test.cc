// What nodes that keep the rules say of each other's documents holds, online and offline.
#include <gmock/gmock.h>

#include <set>

#include "tests/exchange/receipts.h"
#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

// The records are those that real nodes write.
class RealReceipts : public ThreeNodes, public testing::Test {
 protected:
  RealReceipts() {
    RegistryEntry entry;
    entry.certificate = Sha256::of("operator");
    entry.agency = code("H52");
    entry.system = "operations";
    entry.roles.add(Role::operator_);
    for (SimNode* node : nodes()) node->register_entry(entry);
  }
  MessageKey send(const std::string& id, const std::vector<std::string>& recipients) {
    const Submission fields = dispatch("H52.01", id, recipients);
    sender.send(request(fields));
    EXPECT_TRUE(settle());
    return fields.key;
  }
  void forward(const std::string& id, const std::string& to) {
    std::optional<Result<exchange::DeliveryAct>> answer;
    sonla.node().forward_delivery(sonla.node().identify(Sha256::of("operator")).value(), DeliveryId(id), to,
                                  "wrong code",
                                  [&](Result<exchange::DeliveryAct> done) { answer = std::move(done); });
    EXPECT_TRUE(world.run_until([&] { return answer.has_value(); }, std::chrono::seconds(5)));
    EXPECT_TRUE(answer && *answer);
    EXPECT_TRUE(settle());
  }
  // Event and node, each as often as there is a receipt.
  std::multiset<std::pair<std::string, std::string>> kept(const MessageKey& key) {
    std::multiset<std::pair<std::string, std::string>> out;
    for (const auto& receipt : sonla.messages().receipts_of(sonla.messages().find(key)->row))
      out.emplace(name(receipt.event), receipt.node.text());
    return out;
  }
  void expect_none_refused(const MessageKey& key) {
    for (SimNode* node : nodes()) {
      for (const Refusal& refusal : node->observer().refusals())
        EXPECT_FALSE(refusal.where.starts_with("receipts")) << refusal.where << refusal.error.text();
    }
    EXPECT_TRUE(refused_offline(sonla, sender.who(), key).empty());
  }
};

TEST_F(RealReceipts, OfADocumentThatIsHandedOverRefusedAndForwardedAllHold) {
  SimAgency right(noivu, "G09.03");
  start();
  const MessageKey key = send("d", {"G09.02", "G09.99"});
  EXPECT_THAT(kept(key), testing::UnorderedElementsAre(
                             std::pair("RelayAcceptance", "H01"), std::pair("RelayRejection", "G09"),
                             std::pair("ContentConsignment", "G09"), std::pair("ContentHandover", "G09")));
  forward("H52.01/d/G09.99", "G09.03");
  EXPECT_THAT(kept(key), testing::IsSupersetOf(
                             {std::pair("ContentHandover", "G09"), std::pair("ContentHandover", "G09")}));
  expect_none_refused(key);
}

TEST_F(RealReceipts, OfADocumentThatTheNextNodeRefusesHold) {
  start();
  const MessageKey key = send("d", {"G09.99"});
  EXPECT_TRUE(kept(key).contains({"RelayRejection", "H01"}));
  expect_none_refused(key);
}

TEST_F(RealReceipts, OfADocumentThatTheNextNodeNeverTakesHold) {
  truc.settings().patience = std::chrono::hours(1);
  start();
  world.run_for(std::chrono::seconds(1));
  network.cut(code("G09"), code("H01"));
  const Submission fields = dispatch("H52.01", "d", {"G09.02"});
  sender.send(request(fields));
  world.run_for(std::chrono::hours(2));
  EXPECT_TRUE(kept(fields.key).contains({"RelayFailure", "H01"}));
  expect_none_refused(fields.key);
}

}  // namespace
}  // namespace tram::sim
