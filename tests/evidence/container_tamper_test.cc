// One bit changed anywhere in a container is noticed. Every bit of every byte of what is small: of the
// members, by whole containers without receipts (which would take most of the time); of receipts and log
// keys, by the checks of a receipt themselves; of the ZIP structure. In whole containers with receipts, one
// bit of some bytes: the sweeps together are to take some 15 s of one core in a release build.
#include <algorithm>

#include "evidence/container.h"
#include "evidence/receipt_check.h"
#include "log/tlog_proof.h"
#include "tests/evidence/flips.h"
#include "tests/evidence/raw_zip.h"

namespace tram::evidence::test {
namespace {

using testing::Contains;
using testing::IsEmpty;

/// A bit that varies along the file.
int bit_for(std::size_t byte) { return static_cast<int>((byte * 5 + byte / 8) % 8); }

/// One attachment and no receipt.
Sample without_receipts() {
  Sample sample;
  sample.header.submission.attachments.pop_back();
  sample.contents.pop_back();
  sample.seal();
  sample.parts.receipts.clear();
  return sample;
}

/// One receipt of each node: the others differ from them in little.
Sample with_two_receipts() {
  Sample sample;
  sample.parts.receipts = {prove("sonla", {sample.records[0]}, 5), prove("noivu", {sample.records[3]}, 2)};
  return sample;
}

// ---- members

/// Every bit of the members whose names begin so.
void sweep_members(std::string_view prefix) {
  const Folder folder;
  const Sample sample = without_receipts();
  FlippedFile file(folder, sample.write(), sample.trust);
  ASSERT_TRUE(file.verify().acceptable());
  std::size_t bits = 0;
  for (const Place& member : file.places()) {
    if (!member.name.starts_with(prefix)) continue;
    for (std::size_t at = 0; at < member.size; ++at) {
      for (int bit = 0; bit < 8; ++bit, ++bits) {
        const ContainerReport report = file.with_bit_of(member, at, bit);
        ASSERT_THAT(named(report), Contains(member.name)) << "byte " << at << ", bit " << bit << "\n"
                                                          << to_text(report);
      }
    }
  }
  EXPECT_GT(bits, 0U);
  EXPECT_TRUE(file.verify().acceptable()) << "what was changed was put right";
}

TEST(Tamper, EveryBitOfTheTypeIsNoticedAndNamed) { sweep_members("mimetype"); }
TEST(Tamper, EveryBitOfTheHeaderIsNoticedAndNamed) { sweep_members("header.json"); }
TEST(Tamper, EveryBitOfAnAttachmentIsNoticedAndNamed) { sweep_members("content/"); }
TEST(Tamper, EveryBitOfTheManifestIsNoticedAndNamed) { sweep_members("META-INF/ASiC"); }
TEST(Tamper, EveryBitOfTheSignatureIsNoticedAndNamed) { sweep_members("META-INF/sig"); }

TEST(Tamper, AChangedMemberAloneIsNamed) {
  const Folder folder;
  const Sample sample;
  FlippedFile file(folder, sample.write(), sample.trust);
  for (const Place& member : file.places()) {
    if (member.size == 0 || member.name.starts_with(kReceiptsFolder)) continue;
    EXPECT_THAT(named(file.with_bit_of(member, member.size / 2, 0)), testing::Each(member.name));
  }
}

// ---- receipts

/// Checks the receipts of a sample one by one, as check_receipts() does, with the log keys of a container.
class ReceiptFlips {
 public:
  explicit ReceiptFlips(bool keys_are_given) : sample_(with_two_receipts()), given_(keys_are_given) {
    const auto members = members_of(sample_.write());
    for (std::size_t i = 6; i + 2 < members.size(); i += 2) {
      files_.push_back({*parse_receipt_name(members[i].name), members[i].name, members[i + 1].name,
                        members[i].data, members[i + 1].data});
    }
  }

  [[nodiscard]] const std::vector<ReceiptFiles>& files() const { return files_; }

  /// Members that a cause names.
  [[nodiscard]] std::vector<std::string> named_of(const ReceiptFiles& files) const {
    const Digest header = Sha256::of(sample_.parts.header);
    const ReceiptSubject subject{&sample_.header, header, sample_.records[0].manifest,
                                 sample_.parts.certificates[0]->sha256()};
    std::vector<Error> causes;
    LogKeys keys;
    (given_ ? keys.known : keys.embedded) = sample_.parts.log_keys;
    const ReceiptReport report = check_receipt(files, subject, keys, causes);
    EXPECT_EQ(report.state == CheckState::bad, !causes.empty());
    std::vector<std::string> out;
    for (const Error& cause : causes) out.push_back(cause.field);
    return out;
  }

  void sweep() const {
    for (const ReceiptFiles& right : files_) {
      ASSERT_THAT(named_of(right), IsEmpty());
      sweep(right, &ReceiptFiles::record, right.record_member);
      sweep(right, &ReceiptFiles::proof, right.proof_member);
    }
  }

 private:
  void sweep(const ReceiptFiles& right, Bytes ReceiptFiles::*member, const std::string& name) const {
    ASSERT_FALSE((right.*member).empty());
    for (std::size_t at = 0; at < (right.*member).size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        ReceiptFiles wrong = right;
        wrong.*member = flipped(right.*member, at, bit);
        ASSERT_THAT(named_of(wrong), Contains(name)) << "byte " << at << ", bit " << bit;
      }
    }
  }

  const Sample sample_;
  const bool given_;
  std::vector<ReceiptFiles> files_;
};

TEST(Tamper, EveryBitOfAReceiptIsNoticedAndNamed) { ReceiptFlips(true).sweep(); }

// The keys of the logs that lie in the container cannot make a receipt good, but show a changed one.
TEST(Tamper, EveryBitOfAReceiptIsNoticedAndNamedWithoutKnowingTheLogs) { ReceiptFlips(false).sweep(); }

TEST(Tamper, EveryBitOfTheLogKeysIsNoticed) {
  const Bytes right = members_of(Sample().write()).back().data;
  ASSERT_EQ(read_log_keys(right)->size(), 2U);
  for (std::size_t at = 0; at < right.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      const auto keys = read_log_keys(flipped(right, at, bit));
      ASSERT_FALSE(keys) << "byte " << at << ", bit " << bit;
      ASSERT_EQ(keys.error().field, kLogKeysMember);
    }
  }
}

/// Of every second byte one bit: containers name what the checks of a receipt find, of which all bits are
/// above.
void sweep_receipts_in_a_container(const VerificationTrust& trust) {
  const Folder folder;
  const Sample sample = with_two_receipts();
  FlippedFile file(folder, sample.write(), trust);
  ASSERT_TRUE(file.verify().acceptable());
  for (const Place& member : file.places()) {
    if (!member.name.starts_with(kReceiptsFolder)) continue;
    for (std::size_t at = 0; at < member.size; at += 2) {
      ASSERT_THAT(named(file.with_bit_of(member, at, bit_for(at))), Contains(member.name)) << "byte " << at;
    }
  }
}

TEST(Tamper, AnyByteOfAReceiptInAContainerIsNoticedAndNamed) {
  sweep_receipts_in_a_container(Sample().trust);
}

TEST(Tamper, AnyByteOfAReceiptInAContainerIsNoticedWithoutKnowingTheLogs) {
  VerificationTrust trust = Sample().trust;
  trust.log_keys.clear();
  sweep_receipts_in_a_container(trust);
}

// A checkpoint's signature is the one part that nothing but the log's key covers.
TEST(Tamper, EveryBitOfACheckpointsSignatureIsNamedInAContainerThatHoldsTheLogKeys) {
  const Folder folder;
  Sample sample;
  sample.parts.receipts = {prove("sonla", {sample.records[0]}, 5)};
  sample.trust.log_keys.clear();
  FlippedFile file(folder, sample.write(), sample.trust);
  ASSERT_EQ(file.verify().receipts.at(0).key, KeySource::container);
  const Place& proof = file.places().at(7);
  ASSERT_TRUE(proof.name.ends_with(kProofSuffix));
  const std::size_t line = BytesView(file.container()).substr(proof.data, proof.size).rfind("\xE2\x80\x94");
  for (std::size_t at = line; at < proof.size; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      ASSERT_THAT(named(file.with_bit_of(proof, at, bit)), Contains(proof.name)) << at << ", bit " << bit;
    }
  }
}

// ---- the file

/// Bytes of central headers that no reader takes for content: who made the archive (2 bytes), whether a
/// member is apparently text (2), permissions (4). Unpacking tools need some freedom in them.
bool describes_nothing(const std::vector<Place>& places, std::size_t at) {
  return std::any_of(places.begin(), places.end(), [&](const Place& member) {
    const std::size_t field = at - member.central;
    return at >= member.central &&
           (field == 4 || field == 5 || field == 36 || field == 37 || (field >= 38 && field < 42));
  });
}

const Place* member_at(const std::vector<Place>& places, std::size_t at) {
  const auto found = std::find_if(places.begin(), places.end(), [&](const Place& member) {
    return at >= member.data && at < member.data + member.size;
  });
  return found == places.end() ? nullptr : &*found;
}

TEST(Tamper, EveryBitOfTheZipStructureIsNoticed) {
  const Folder folder;
  const Sample sample = without_receipts();
  FlippedFile file(folder, sample.write(), sample.trust);
  std::size_t passed = 0;
  for (std::size_t at = 0; at < file.container().size(); ++at) {
    if (member_at(file.places(), at)) continue;
    for (int bit = 0; bit < 8; ++bit) {
      if (!file.with_bit(at, bit).acceptable()) continue;
      ++passed;
      ASSERT_TRUE(describes_nothing(file.places(), at)) << "byte " << at << ", bit " << bit;
    }
  }
  EXPECT_LE(passed, 8 * 8 * file.places().size());
}

// Without a right CRC, as a damaged disk would leave it. Every fifth byte: the CRC covers all of them alike.
TEST(Tamper, AnyDamagedByteOfAMemberIsNamed) {
  const Folder folder;
  const Sample sample;
  FlippedFile file(folder, sample.write(), sample.trust);
  for (std::size_t at = 0; at < file.container().size(); at += 5) {
    const Place* member = member_at(file.places(), at);
    if (!member) continue;
    ASSERT_THAT(named(file.with_bit(at, bit_for(at))), Contains(member->name)) << "byte " << at;
  }
}

TEST(Tamper, TruncationAnywhereIsRefused) {
  const Folder folder;
  const Sample sample;
  const Bytes container = sample.write();
  for (std::size_t size = 0; size < container.size(); size += 13) {
    EXPECT_FALSE(verify(folder, container.substr(0, size), sample.trust).acceptable()) << size;
  }
}

}  // namespace
}  // namespace tram::evidence::test
