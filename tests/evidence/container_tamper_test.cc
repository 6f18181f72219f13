// One bit changed anywhere in a container is noticed.
#include <algorithm>

#include "evidence/container.h"
#include "tests/evidence/fixtures.h"
#include "tests/evidence/raw_zip.h"

namespace tram::evidence::test {
namespace {

using testing::Contains;

/// Every byte, and in each a bit that varies along the file and from member to member.
int bit_for(std::size_t byte, std::size_t salt) { return static_cast<int>((byte * 5 + byte / 8 + salt) % 8); }

Bytes flipped(BytesView bytes, std::size_t at, int bit) {
  Bytes out(bytes);
  out[at] = static_cast<char>(out[at] ^ 1 << bit);
  return out;
}

/// Changes members whose names begin so, and makes the ZIP file around them anew.
void sweep_members(const Sample& sample, std::string_view prefix) {
  const Folder folder;
  const std::vector<RawMember> members = members_of(sample.write());
  ASSERT_TRUE(verify(folder, raw_zip(members), sample.trust).acceptable());
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!members[i].name.starts_with(prefix)) continue;
    for (std::size_t at = 0; at < members[i].data.size(); ++at) {
      auto changed = members;
      changed[i] = stored(members[i].name, flipped(members[i].data, at, bit_for(at, i)));
      const ContainerReport report = verify(folder, raw_zip(changed), sample.trust);
      ASSERT_THAT(named(report), Contains(members[i].name)) << "byte " << at << "\n" << to_text(report);
      ASSERT_FALSE(report.acceptable());
    }
  }
}

TEST(Tamper, AnyByteOfTheTypeIsNoticedAndNamed) { sweep_members(Sample(), "mimetype"); }
TEST(Tamper, AnyByteOfTheHeaderIsNoticedAndNamed) { sweep_members(Sample(), "header.json"); }
TEST(Tamper, AnyByteOfAnAttachmentIsNoticedAndNamed) { sweep_members(Sample(), "content/"); }
TEST(Tamper, AnyByteOfTheManifestIsNoticedAndNamed) { sweep_members(Sample(), "META-INF/ASiC"); }
TEST(Tamper, AnyByteOfTheSignatureIsNoticedAndNamed) { sweep_members(Sample(), "META-INF/sig"); }

/// One receipt of each node: the others differ from them in little.
Sample with_two_receipts() {
  Sample sample;
  sample.parts.receipts = {prove("sonla", {sample.records[0]}, 5), prove("noivu", {sample.records[3]}, 2)};
  return sample;
}

TEST(Tamper, AnyByteOfAReceiptIsNoticedAndNamed) { sweep_members(with_two_receipts(), kReceiptsFolder); }

// The keys of the logs that lie in the container cannot make a receipt good, but show a changed one.
TEST(Tamper, AnyByteOfAReceiptIsNoticedWithoutKnowingTheLogs) {
  Sample sample = with_two_receipts();
  sample.trust.log_keys.clear();
  sweep_members(sample, kReceiptsFolder);
}

TEST(Tamper, AChangedMemberAloneIsNamed) {
  const Folder folder;
  const Sample sample;
  const std::vector<RawMember> members = members_of(sample.write());
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].data.empty() || members[i].name.starts_with(kReceiptsFolder)) continue;
    auto changed = members;
    changed[i] = stored(members[i].name, flipped(members[i].data, members[i].data.size() / 2, 0));
    EXPECT_THAT(named(verify(folder, raw_zip(changed), sample.trust)), testing::Each(members[i].name));
  }
}

/// Bytes of central headers that no reader takes for content: who made the archive (2 bytes), whether a
/// member is apparently text (2), permissions (4). Unpacking tools need some freedom in them.
bool describes_nothing(BytesView container, std::size_t at) {
  std::size_t header = container.find("PK\x01\x02");
  for (; header != BytesView::npos; header = container.find("PK\x01\x02", header + 1)) {
    const std::size_t field = at - header;
    if (at >= header &&
        (field == 4 || field == 5 || field == 36 || field == 37 || (field >= 38 && field < 42))) {
      return true;
    }
  }
  return false;
}

/// Members' bytes are covered by the tests above and a CRC here: some of them will do.
bool is_sampled(BytesView container, std::size_t at) {
  return at % 4 == 0 || at >= container.find("PK\x01\x02") ||
         container.substr(at < 60 ? 0 : at - 60, 60).find("PK\x03\x04") != BytesView::npos;
}

TEST(Tamper, AnyByteOfTheFileIsNoticed) {
  const Folder folder;
  const Sample sample;
  const Bytes container = sample.write();
  std::size_t passed = 0;
  for (std::size_t at = 0; at < container.size(); ++at) {
    if (!is_sampled(container, at)) continue;
    const ContainerReport report = verify(folder, flipped(container, at, bit_for(at, 3)), sample.trust);
    if (!report.acceptable()) continue;
    ++passed;
    ASSERT_TRUE(describes_nothing(container, at)) << "byte " << at;
  }
  EXPECT_LE(passed, 8 * members_of(container).size());
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
