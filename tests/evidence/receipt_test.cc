// Receipts: what makes them good, bad, and not checked.
#include "tests/evidence/fixtures.h"
#include "tests/evidence/raw_zip.h"

namespace tram::evidence::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kFirstRecord = 6;  // its place among the members
const char* const kRecord1 = "META-INF/receipts/001-SubmissionAcceptance.json";

TEST(Receipts, AreGoodUnderKnownKeysAndGiveTheBasisOfTime) {
  const Folder folder;
  const Sample sample;
  const ContainerReport report = verify(folder, sample.write(), sample.trust);
  ASSERT_EQ(report.receipts.size(), 4U);
  for (const ReceiptReport& receipt : report.receipts) EXPECT_EQ(receipt.state, CheckState::good);
  EXPECT_EQ(report.receipts[0].index, 5U);
  EXPECT_EQ(report.receipts[0].tree_size, 8U);
  EXPECT_EQ(report.receipts[0].origin, log_key("sonla").name());
  EXPECT_EQ(report.receipts[0].record, sample.records[0]);
  EXPECT_EQ(report.receipts[3].origin, log_key("noivu").name());
  ASSERT_TRUE(report.verdict);
  EXPECT_EQ(report.verdict->basis, TimeBasis::accepting_log);
  EXPECT_EQ(report.verdict->judged_at, sample.records[0].time);
}

TEST(Receipts, AreNotCheckedWithoutTheLogsKey) {
  const Folder folder;
  Sample sample;
  sample.trust.log_keys = {log_key("noivu")};
  for (const bool embedded : {true, false}) {
    if (!embedded) sample.parts.log_keys.clear();
    const ContainerReport report = verify(folder, sample.write(), sample.trust);
    EXPECT_THAT(causes(report), IsEmpty());
    EXPECT_EQ(report.document, CheckState::good);
    EXPECT_EQ(report.receipts_state, CheckState::not_checked);
    EXPECT_EQ(report.receipts[0].state, CheckState::not_checked);
    EXPECT_EQ(report.receipts[3].state, CheckState::good);
    EXPECT_EQ(report.verdict->basis, TimeBasis::arrival);  // an unproven record proves no time
    EXPECT_EQ(report.members[kFirstRecord].state, CheckState::not_checked);
    EXPECT_EQ(report.receipts[0].key, embedded ? KeySource::container : KeySource::none);
    EXPECT_EQ(report.receipts[3].key, KeySource::given);
    EXPECT_THAT(to_text(report), HasSubstr("NOT CHECKED"));
  }
}

TEST(Receipts, SayWhoseWordTheLogsKeyIs) {
  const Folder folder;
  Sample sample;
  sample.trust.log_keys = {log_key("noivu")};
  const ContainerReport report = verify(folder, sample.write(), sample.trust);
  ASSERT_EQ(report.log_keys.size(), 2U);
  EXPECT_EQ(report.log_keys[0].key, log_key("noivu"));
  EXPECT_TRUE(report.log_keys[0].given);
  EXPECT_EQ(report.log_keys[1].key, log_key("sonla"));
  EXPECT_FALSE(report.log_keys[1].given);
  const std::string text = to_text(report);
  EXPECT_THAT(text, HasSubstr("given        " + log_key("noivu").vkey()));
  EXPECT_THAT(text, HasSubstr("found here   " + log_key("sonla").vkey()));
  EXPECT_THAT(text, HasSubstr("not independently trusted"));
  EXPECT_THAT(text, HasSubstr("compare the keys found here"));
  sample.parts.log_keys.clear();
  const std::string without = to_text(verify(folder, sample.write(), sample.trust));
  EXPECT_THAT(without, HasSubstr("neither given nor in the container"));
  EXPECT_THAT(without, testing::Not(HasSubstr("compare the keys")));
}

TEST(Receipts, NeedOnlyTheKeysOfTheirLogs) {
  const Folder folder;
  Sample sample;
  sample.trust.log_keys.push_back(
      log::VerifierKey::make("other.example/log", trust::Ed25519PrivateKey::generate().value().public_key())
          .value());
  const ContainerReport report = verify(folder, sample.write(), sample.trust);
  EXPECT_EQ(report.log_keys.size(), 2U) << "keys of other logs are not listed";
}

TEST(Receipts, OutliveTheSignersCertificate) {
  const Folder folder;
  Sample sample;
  sample.trust.now = sample.header.signed_at + std::chrono::hours(24 * 365 * 60);
  EXPECT_TRUE(verify(folder, sample.write(), sample.trust).acceptable());
  sample.trust.log_keys.clear();  // nothing proves that it was valid then
  EXPECT_THAT(causes(verify(folder, sample.write(), sample.trust)),
              Contains("META-INF/signature001.p7s: CERTIFICATE_EXPIRED"));
}

TEST(Receipts, UnderAnotherKeyOfAKnownLogAreBad) {
  const Folder folder;
  Sample sample;
  const auto impostor = trust::Ed25519PrivateKey::generate().value();
  const auto key = log::VerifierKey::make(log_key("sonla").name(), impostor.public_key()).value();
  sample.trust.log_keys = {key};
  const ContainerReport report = verify(folder, sample.write(), sample.trust);
  EXPECT_THAT(causes(report),
              Contains("META-INF/receipts/001-SubmissionAcceptance.tlog-proof: NOTE_UNSIGNED"));
  EXPECT_THAT(causes(report), Contains("META-INF/receipts/logs.vkey: LOG_KEY_FOREIGN"));
  EXPECT_EQ(report.receipts_state, CheckState::bad);
  EXPECT_EQ(report.document, CheckState::good);
}

TEST(Receipts, UnderAnEarlierKeyOfAKnownLogAreGood) {
  const Folder folder;
  Sample sample;
  const auto later = trust::Ed25519PrivateKey::generate().value();
  sample.trust.log_keys.push_back(
      log::VerifierKey::make(log_key("sonla").name(), later.public_key()).value());
  EXPECT_EQ(verify(folder, sample.write(), sample.trust).receipts_state, CheckState::good);
}

/// Changes one record before it is logged and proven: the log says something else, properly signed.
std::vector<std::string> causes_of_record(void (*change)(EvidenceRecord&)) {
  const Folder folder;
  Sample sample;
  change(sample.records[0]);
  sample.parts.receipts[0] = prove("sonla", {sample.records[0], sample.records[1]}, 5);
  return causes(verify(folder, sample.write(), sample.trust));
}

TEST(Receipts, AboutOtherMessagesAreBad) {
  const std::string foreign = std::string(kRecord1) + ": RECEIPT_FOREIGN";
  const auto expect_foreign = [&](void (*change)(EvidenceRecord&)) {
    const auto found = causes_of_record(change);
    EXPECT_THAT(found, Contains(foreign));
    EXPECT_THAT(found, Each(foreign));
  };
  expect_foreign([](EvidenceRecord& record) { record.message->id = MessageId("another"); });
  expect_foreign([](EvidenceRecord& record) { record.message.reset(); });
  expect_foreign([](EvidenceRecord& record) { record.header = Sha256::of("another"); });
  expect_foreign([](EvidenceRecord& record) { record.manifest = Sha256::of("another"); });
  expect_foreign([](EvidenceRecord& record) { record.header = record.manifest = Digest(); });
  expect_foreign([](EvidenceRecord& record) { record.signer = Sha256::of("another"); });
  expect_foreign([](EvidenceRecord& record) { record.recipients.push_back(code("H37.01")); });
}

TEST(Receipts, MayLeaveOutWhatTheyDoNotSpeakOf) {
  EXPECT_THAT(causes_of_record([](EvidenceRecord& record) {
                record.manifest = record.signer = Digest();
                record.recipients.clear();
              }),
              IsEmpty());
}

TEST(Receipts, NeedBothFilesOneNameAndNoGaps) {
  const Folder folder;
  const Sample sample;
  const auto members = members_of(sample.write());
  auto renamed = members, renumbered = members, without_proof = members, gap = members, swapped = members;
  for (std::size_t i : {kFirstRecord, kFirstRecord + 1}) {
    const std::string suffix = i == kFirstRecord ? ".json" : ".tlog-proof";
    renamed[i].name = "META-INF/receipts/001-RelayAcceptance" + suffix;
    renumbered[i].name = "META-INF/receipts/009-SubmissionAcceptance" + suffix;
  }
  without_proof.erase(without_proof.begin() + kFirstRecord + 1);
  gap.erase(gap.begin() + kFirstRecord, gap.begin() + kFirstRecord + 2);
  std::swap(swapped[kFirstRecord + 1].name, swapped[kFirstRecord + 3].name);
  for (const auto& changed : {renamed, renumbered, without_proof, gap, swapped}) {
    const ContainerReport report = verify(folder, raw_zip(changed), sample.trust);
    EXPECT_EQ(report.receipts_state, CheckState::bad);
    EXPECT_EQ(report.document, CheckState::good);
    EXPECT_THAT(named(report), Each(testing::StartsWith("META-INF/receipts/")));
  }
}

TEST(Receipts, ProofsHoldNothingThatNoKeyCovers) {
  const Folder folder;
  const Sample sample;
  auto members = members_of(sample.write());
  const std::string proof = members[kFirstRecord + 1].data;
  const auto refused = [&](const std::string& changed) {
    members[kFirstRecord + 1] = stored(members[kFirstRecord + 1].name, changed);
    EXPECT_THAT(named(verify(folder, raw_zip(members), sample.trust)),
                Contains(members[kFirstRecord + 1].name));
  };
  std::string extra = proof;
  extra.insert(extra.find("index"), "extra aGVsbG8=\n");
  refused(extra);
  refused(proof + "\xE2\x80\x94 witness.example/w AAAAAAAA\n");
  refused(proof + proof.substr(proof.rfind("\xE2\x80\x94")));
}

TEST(Receipts, KeysInTheContainerAreThoseOfItsReceipts) {
  const Folder folder;
  const Sample sample;
  auto members = members_of(sample.write());
  const std::string keys = members.back().data;
  const auto other =
      log::VerifierKey::make("other.example/log", trust::Ed25519PrivateKey::generate().value().public_key())
          .value();
  for (const std::string& changed : {keys + other.vkey() + "\n", keys + keys, std::string(), keys + "\n",
                                     keys.substr(0, keys.size() - 1), "x" + keys}) {
    members.back() = stored("META-INF/receipts/logs.vkey", changed);
    EXPECT_THAT(named(verify(folder, raw_zip(members), sample.trust)),
                Contains("META-INF/receipts/logs.vkey"));
  }
}

}  // namespace
}  // namespace tram::evidence::test
