// When certificates are judged: by whose word.
#include "evidence/judging_time.h"

#include "tests/evidence/fixtures.h"

namespace tram::evidence::test {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const char* const kExpired = "META-INF/signature001.p7s: CERTIFICATE_EXPIRED";

/// Verified when the signer's certificate has long expired.
class JudgingTimes : public testing::Test {
 protected:
  JudgingTimes() { sample_.trust.now = sample_.header.signed_at + std::chrono::hours(24 * 365 * 60); }

  [[nodiscard]] ContainerReport report() const { return verify(folder_, sample_.write(), sample_.trust); }

  void expect_judged(TimeBasis basis, Timestamp at, const char* by) const {
    const ContainerReport found = report();
    EXPECT_THAT(causes(found), IsEmpty());
    ASSERT_TRUE(found.verdict);
    EXPECT_EQ(found.verdict->basis, basis);
    EXPECT_EQ(found.verdict->judged_at, at);
    EXPECT_EQ(found.time_node, code(by));
  }
  void expect_judged_now() const {
    const ContainerReport found = report();
    EXPECT_THAT(causes(found), Contains(kExpired));
    EXPECT_EQ(found.verdict->judged_at, sample_.trust.now);
    EXPECT_TRUE(found.time_node.empty());
    EXPECT_THAT(to_text(found), HasSubstr("the time of this check"));
  }
  [[nodiscard]] EvidenceRecord record(EvidenceEvent event, const char* node, int after,
                                      const char* to) const {
    return sample_.record(event, node, seconds(after), {code(to)});
  }
  void prove(const std::string& node, const std::vector<EvidenceRecord>& records) {
    sample_.parts.receipts.push_back(test::prove(node, records, 3));
  }
  void prove_only(const std::string& node, const EvidenceRecord& record) {
    sample_.parts.receipts = {test::prove(node, {record}, 3)};
  }

  const Folder folder_;
  Sample sample_;
};

TEST_F(JudgingTimes, TheSendersNodeSaysWhenItAcceptedIt) {
  expect_judged(TimeBasis::accepting_log, sample_.records[0].time, "H52");
  EXPECT_THAT(to_text(report()), HasSubstr("its acceptance at node H52, proven by that node's log"));
}

TEST_F(JudgingTimes, NoOtherNodeSaysThatItAcceptedItEarlier) {
  prove("noivu", {record(EvidenceEvent::submission_acceptance, "G09", 1, "G09.02")});
  for (const bool owners : {false, true}) {
    if (owners) sample_.say_owner("noivu", "G09");
    expect_judged(TimeBasis::accepting_log, sample_.records[0].time, "H52");
  }
}

TEST_F(JudgingTimes, NorThatItAcceptedItAtAll) {
  prove_only("noivu", record(EvidenceEvent::submission_acceptance, "G09", 1, "G09.02"));
  expect_judged_now();
  sample_.say_owner("noivu", "G09");
  expect_judged_now();
  sample_.say_owner("noivu", "G09", {code("H52.01")});  // unless it serves the sender
  expect_judged(TimeBasis::accepting_log, sample_.header.signed_at + seconds(1), "G09");
}

TEST_F(JudgingTimes, TheNodeThatSealedItIsTheSendersIfItsLogIsKnown) {
  sample_.header.submission.key.sender = code("A05.01");
  sample_.trust.mapped = [](const Digest&, const AgencyCode&) { return true; };
  sample_.seal();
  prove_only("sonla", record(EvidenceEvent::submission_acceptance, "H52", 1, "G09.02"));
  expect_judged_now();
  sample_.say_owner("sonla", "H52");
  expect_judged(TimeBasis::accepting_log, sample_.header.signed_at + seconds(1), "H52");
}

TEST_F(JudgingTimes, TheRecipientsNodeSaysWhenItArrived) {
  for (const auto event : {EvidenceEvent::content_consignment, EvidenceEvent::relay_acceptance}) {
    prove_only("noivu", record(event, "G09", 7, "G09.02"));
    expect_judged(TimeBasis::arrival, sample_.header.signed_at + seconds(7), "G09");
    EXPECT_THAT(to_text(report()), HasSubstr("its arrival at node G09, by that node's log"));
  }
  prove("noivu", {record(EvidenceEvent::content_consignment, "G09", 5, "G09.02")});
  expect_judged(TimeBasis::arrival, sample_.header.signed_at + seconds(5), "G09");
  prove("sonla", {record(EvidenceEvent::submission_acceptance, "H52", 9, "G09.02")});
  expect_judged(TimeBasis::accepting_log, sample_.header.signed_at + seconds(9), "H52");
}

TEST_F(JudgingTimes, ItArrivedWhereARecipientIs) {
  prove_only("sonla", record(EvidenceEvent::relay_acceptance, "H52", 7, "G09.02"));
  expect_judged_now();
  sample_.say_owner("sonla", "H52", {code("G09")});
  expect_judged(TimeBasis::arrival, sample_.header.signed_at + seconds(7), "H52");
}

TEST_F(JudgingTimes, TheArrivalMustBeOfThisHeaderAndSignerAndProven) {
  const EvidenceRecord right = record(EvidenceEvent::content_consignment, "G09", 7, "G09.02");
  EvidenceRecord no_header = right, no_signer = right, handed_over = right;
  no_header.header = Digest();
  no_signer.signer = Digest();
  handed_over.event = EvidenceEvent::content_handover;
  for (const EvidenceRecord& wrong : {no_header, no_signer, handed_over}) {
    prove_only("noivu", wrong);
    expect_judged_now();
  }
  prove_only("noivu", right);
  sample_.trust.log_keys = {log_key("sonla")};
  expect_judged_now();
}

}  // namespace
}  // namespace tram::evidence::test
