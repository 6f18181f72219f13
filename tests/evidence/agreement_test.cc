// What receipts say together: whose log each stands in, for whom its node speaks, and forwarded messages.
#include "evidence/receipt_agreement.h"
#include "tests/evidence/fixtures.h"
#include "tests/evidence/raw_zip.h"

namespace tram::evidence::test {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A sample with receipts of the test's choice.
class Agreement : public testing::Test {
 protected:
  /// "number: REASON" of every cause.
  [[nodiscard]] std::vector<std::string> refused() const {
    const std::string folder(kReceiptsFolder);
    std::vector<std::string> out;
    for (const Error& cause : report().causes)
      out.push_back(cause.field.substr(folder.size(), 3) + ": " + cause.reason);
    return out;
  }
  [[nodiscard]] ContainerReport report() const { return verify(folder_, sample_.write(), sample_.trust); }

  EvidenceRecord acceptance(const char* node) const {
    return sample_.record(EvidenceEvent::submission_acceptance, node, seconds(1), {});
  }
  EvidenceRecord consignment(const char* node, const char* to) const {
    return sample_.record(EvidenceEvent::content_consignment, node, seconds(5), {code(to)});
  }
  EvidenceRecord handover(const char* node, const char* to) const {
    return sample_.record(EvidenceEvent::content_handover, node, seconds(9), {code(to)});
  }
  EvidenceRecord act(const char* node, const char* to) const {
    EvidenceRecord out = sample_.record(EvidenceEvent::operator_act, node, seconds(3), {code(to)});
    out.reason = kForwardedReason;
    return out;
  }
  /// The records of one log, or of both.
  void prove(const std::vector<EvidenceRecord>& sonla, const std::vector<EvidenceRecord>& noivu = {}) {
    sample_.parts.receipts.clear();
    if (!sonla.empty()) sample_.parts.receipts.push_back(test::prove("sonla", sonla, 3));
    if (!noivu.empty()) sample_.parts.receipts.push_back(test::prove("noivu", noivu, 2));
  }
  void say_owners() {
    sample_.say_owner("sonla", "H52");
    sample_.say_owner("noivu", "G09");
  }

  const Folder folder_;
  Sample sample_;
};

// ---- whose log it is

TEST_F(Agreement, LogsThatAreTheirNodesHold) {
  say_owners();
  const ContainerReport found = report();
  EXPECT_THAT(causes(found), IsEmpty());
  EXPECT_EQ(found.receipts_state, CheckState::good);
  ASSERT_EQ(found.log_keys.size(), 2U);
  EXPECT_EQ(found.log_keys[0].owner, (LogOwner{code("H52"), {}}));
  EXPECT_THAT(to_text(found), HasSubstr("the log of node H52"));
  EXPECT_THAT(to_text(found), Not(HasSubstr("own word")));
}

TEST_F(Agreement, ALogSpeaksForNoOtherNodeThanItsOwn) {
  say_owners();
  prove({acceptance("H52"), consignment("G09", "G09.02"), handover("H52", "H52.05")});
  EXPECT_THAT(refused(), ElementsAre("002: LOG_OWNER"));
  EXPECT_EQ(report().document, CheckState::good);
  EXPECT_EQ(report().receipts_state, CheckState::bad);
}

TEST_F(Agreement, OfALogOfUnknownOwnerThatSpeaksForTwoNodesNothingIsBelieved) {
  prove({acceptance("H52"), consignment("G09", "G09.02")}, {handover("G09", "G09.02")});
  EXPECT_THAT(refused(), ElementsAre("001: LOG_OWNER", "002: LOG_OWNER"));
  EXPECT_EQ(report().receipts[2].state, CheckState::good);
  EXPECT_TRUE(report().time_node.empty()) << "nor is the time";
  sample_.say_owner("sonla", "H52");
  EXPECT_THAT(refused(), ElementsAre("002: LOG_OWNER"));
}

TEST_F(Agreement, ThatTheOwnerWasNotGivenIsSaid) {
  prove({consignment("G09", "G09.02")});
  const ContainerReport found = report();
  EXPECT_EQ(found.receipts_state, CheckState::good);
  EXPECT_FALSE(found.log_keys.at(0).owner);
  EXPECT_THAT(to_text(found), HasSubstr("whose log it is was not given: give the key as NODE=KEY"));
  EXPECT_THAT(to_text(found), HasSubstr("own word"));
}

// ---- for whom a node speaks

TEST_F(Agreement, ANodeAttestsForItsOwnAgenciesAndThoseItIsSaidToServe) {
  sample_.header.submission.recipients.push_back(code("A05.01"));
  sample_.seal();
  for (const auto& record : {consignment("H52", "A05.01"), handover("H52", "A05.01")}) {
    sample_.trust.log_owners.clear();
    prove({record});
    const ContainerReport unknown = report();
    EXPECT_THAT(causes(unknown), IsEmpty()) << "nodes may serve agencies outside their own code";
    EXPECT_EQ(unknown.receipts_state, CheckState::not_checked);
    EXPECT_THAT(to_text(unknown), HasSubstr("not proven: nobody said that node H52 speaks for A05.01"));
    sample_.say_owner("sonla", "H52");
    EXPECT_THAT(refused(), ElementsAre("001: LOG_NOT_AUTHORITATIVE"));
    sample_.say_owner("sonla", "H52", {code("A05")});
    EXPECT_THAT(refused(), IsEmpty());
    EXPECT_EQ(report().receipts_state, CheckState::good);
  }
}

TEST_F(Agreement, ANodeMaySayOfAnyRecipientWhatItSawItself) {
  say_owners();
  prove({sample_.record(EvidenceEvent::relay_acceptance, "H52", seconds(1), {code("G09.02")})});
  EXPECT_THAT(refused(), IsEmpty());
}

// ---- forwarded messages

TEST_F(Agreement, WhomAnOperatorForwardedItToIsARecipient) {
  for (const bool owners : {false, true}) {
    if (owners) say_owners();
    prove({acceptance("H52"), act("H52", "G09.05")},
          {consignment("G09", "G09.05"), handover("G09", "G09.05")});
    const ContainerReport found = report();
    EXPECT_THAT(causes(found), IsEmpty());
    EXPECT_EQ(found.receipts_state, CheckState::good);
    ASSERT_EQ(found.forwarded.size(), 1U);
    EXPECT_EQ(found.forwarded[0].agency, code("G09.05"));
    EXPECT_EQ(found.forwarded[0].node, code("H52"));
    EXPECT_EQ(found.forwarded[0].state, CheckState::good);
    EXPECT_THAT(to_text(found),
                HasSubstr("forwarded  to G09.05 by an operator of node H52; the sender did not "
                          "address it\n"));
  }
}

TEST_F(Agreement, WithoutTheActItIsForeign) {
  prove({acceptance("H52")}, {consignment("G09", "G09.05"), handover("G09", "G09.05")});
  EXPECT_THAT(refused(), ElementsAre("002: RECEIPT_FOREIGN", "003: RECEIPT_FOREIGN"));
  EXPECT_THAT(report().forwarded, IsEmpty());
}

TEST_F(Agreement, NoOtherActForwards) {
  const auto expect_foreign = [&](void (*change)(EvidenceRecord&)) {
    EvidenceRecord other = act("H52", "G09.05");
    change(other);
    prove({other}, {consignment("G09", "G09.05")});
    EXPECT_THAT(refused(), Contains("002: RECEIPT_FOREIGN"));
  };
  expect_foreign([](EvidenceRecord& it) { it.reason = "DELIVERY_RETRIED"; });
  expect_foreign([](EvidenceRecord& it) { it.event = EvidenceEvent::relay_acceptance; });
  expect_foreign([](EvidenceRecord& it) { it.header = Digest(); });
  expect_foreign([](EvidenceRecord& it) { it.header = Sha256::of("another"); });
  expect_foreign([](EvidenceRecord& it) { it.message->id = MessageId("another"); });
  expect_foreign([](EvidenceRecord& it) { it.recipients = {code("G09.06")}; });
  expect_foreign([](EvidenceRecord& it) { it.recipients.push_back(code("G09.06")); });
}

TEST_F(Agreement, OnlyTheSendersNodeForwards) {
  say_owners();
  prove({acceptance("H52")}, {act("G09", "G09.05"), consignment("G09", "G09.05")});
  EXPECT_THAT(refused(), ElementsAre("002: RECEIPT_FOREIGN", "003: RECEIPT_FOREIGN"));
}

TEST_F(Agreement, AnActThatIsNotProvenProvesNoOtherReceipt) {
  prove({act("H52", "G09.05")}, {consignment("G09", "G09.05")});
  sample_.trust.log_keys = {log_key("noivu")};
  const ContainerReport found = report();
  EXPECT_THAT(causes(found), IsEmpty());
  EXPECT_EQ(found.receipts.at(1).key, KeySource::given);
  EXPECT_EQ(found.receipts[1].state, CheckState::not_checked);
  EXPECT_EQ(found.forwarded.at(0).state, CheckState::not_checked);
  EXPECT_THAT(to_text(found), HasSubstr("not proven: the act that forwarded the message to G09.05 is not"));
  EXPECT_THAT(to_text(found), HasSubstr("the sender did not address it; NOT CHECKED"));
}

TEST_F(Agreement, ActsOfANodeThatIsNotKnownToBeTheSendersProveNothing) {
  sample_.header.submission.key.sender = code("A05.01");
  sample_.seal();
  prove({act("H52", "G09.05")}, {consignment("G09", "G09.05")});
  EXPECT_EQ(report().forwarded.at(0).state, CheckState::not_checked);
  EXPECT_EQ(report().receipts.at(1).state, CheckState::not_checked);
  sample_.say_owner("sonla", "H52");  // and the header says that node H52 sealed it
  EXPECT_EQ(report().forwarded.at(0).state, CheckState::good);
  EXPECT_EQ(report().receipts.at(1).state, CheckState::good);
}

// ---- hostile receipts

TEST_F(Agreement, ManyForeignRecipientsAreOneCause) {
  EvidenceRecord record = consignment("G09", "G09.02");
  for (int i = 0; i < 999; ++i) record.recipients.push_back(code(("H37." + std::to_string(i)).c_str()));
  prove({}, {record});
  EXPECT_THAT(refused(), ElementsAre("001: RECEIPT_FOREIGN"));
}

TEST_F(Agreement, ReceiptsAreReadUpToABound) {
  auto members = members_of(sample_.write());
  members.resize(6);  // those of the receipts go
  const Bytes record(60'000, 'x');
  for (std::size_t i = 1; i <= 600; ++i) {  // 36 MB unpacked, a few KB here
    const std::string stem = receipt_stem(i, EvidenceEvent::content_handover);
    members.push_back(deflated(stem + std::string(kRecordSuffix), record));
    members.push_back(stored(stem + std::string(kProofSuffix), "x"));
  }
  const auto found = causes(verify(folder_, raw_zip(members), sample_.trust));
  EXPECT_THAT(found, Contains("META-INF/receipts/001-ContentHandover.json: JSON_MALFORMED"));
  EXPECT_THAT(found, Contains("META-INF/receipts/600-ContentHandover.json: RECEIPTS_TOO_LARGE"));
  EXPECT_THAT(found, Not(Contains("META-INF/receipts/600-ContentHandover.json: JSON_MALFORMED")));
}

}  // namespace
}  // namespace tram::evidence::test
