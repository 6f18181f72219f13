// Proofs of acceptance that come along with messages.
#include "tests/exchange/receipts.h"

namespace tram::sim {
namespace {

using exchange::HopResult;

// What comes with a late message, so that it is judged at the time of its acceptance.
class AcceptanceProofs : public OneNode, public testing::Test {
 protected:
  AcceptanceProofs() {
    know(seal_of(code("G09.02")));
    hop = draft(world, "d", {"H52.05"}).sealed();
    record.event = EvidenceEvent::submission_acceptance;
    record.time = world.now();
    record.node = code("G09");
    record.message = MessageKey{code("G09.02"), MessageId("d")};
    record.header = Sha256::of(hop.header);
    record.signer = hop.certificate;
    record.recipients = codes({"H52.05"});
  }
  // The note that is kept of it.
  std::optional<Bytes> arrive(const std::string& appended = "") {
    bundle = bundle_of("G09", {record});
    hop.acceptance =
        exchange::ProvenAcceptance{bundle.origin, bundle.checkpoint + appended, bundle.records.front()};
    EXPECT_EQ(relay(std::move(hop)).result, HopResult::accepted);
    return h52.messages().checkpoint(bundle.origin, 1);
  }

  exchange::HopMessage hop;
  EvidenceRecord record;
  ReceiptBundle bundle;
};

TEST_F(AcceptanceProofs, AreKeptWithoutWhatARelayAppends) {
  const auto kept = arrive(kForeignSignature);
  EXPECT_EQ(kept, bundle.checkpoint);
}

TEST_F(AcceptanceProofs, OfAnotherSignerAreNotKept) {
  record.signer = Sha256::of("another");
  EXPECT_FALSE(arrive());
}

TEST_F(AcceptanceProofs, ForAnotherManifestAreNotKept) {
  record.manifest = Sha256::of("another");
  EXPECT_FALSE(arrive());
}

TEST_F(AcceptanceProofs, ForNoRecipientAreNotKept) {
  record.recipients = codes({"H52.01"});
  EXPECT_FALSE(arrive());
}

}  // namespace
}  // namespace tram::sim
