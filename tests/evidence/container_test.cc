#include "evidence/container.h"

#include <sys/resource.h>

#include <filesystem>

#include "evidence/container_reader.h"
#include "tests/evidence/fixtures.h"
#include "tests/evidence/raw_zip.h"

namespace tram::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Container, HasItsMembersInOrderAndVerifies) {
  const Folder folder;
  const Sample sample;
  const Bytes container = sample.write();
  std::vector<std::string> names;
  for (const RawMember& member : members_of(container)) names.push_back(member.name);
  EXPECT_THAT(names,
              ElementsAre("mimetype", "header.json", "content/Quyết định số 125.pdf", "content/trống.txt",
                          "META-INF/ASiCManifest001.xml", "META-INF/signature001.p7s",
                          "META-INF/receipts/001-SubmissionAcceptance.json",
                          "META-INF/receipts/001-SubmissionAcceptance.tlog-proof",
                          "META-INF/receipts/002-ContentConsignment.json",
                          "META-INF/receipts/002-ContentConsignment.tlog-proof",
                          "META-INF/receipts/003-ContentHandover.json",
                          "META-INF/receipts/003-ContentHandover.tlog-proof",
                          "META-INF/receipts/004-ContentHandover.json",
                          "META-INF/receipts/004-ContentHandover.tlog-proof", "META-INF/receipts/logs.vkey"));
  const ContainerReport report = verify(folder, container, sample.trust);
  EXPECT_THAT(causes(report), IsEmpty());
  EXPECT_EQ(report.document, CheckState::good);
  EXPECT_EQ(report.receipts_state, CheckState::good);
  EXPECT_EQ(report.header, sample.header);
  for (const MemberReport& member : report.members) EXPECT_EQ(member.state, CheckState::good) << member.name;
}

TEST(Container, EqualPartsGiveEqualBytes) {
  const Sample sample;
  const Bytes first = sample.write();
  ASSERT_EQ(setenv("TZ", "Asia/Ho_Chi_Minh", 1), 0);
  tzset();
  EXPECT_EQ(sample.write(), first);
  ASSERT_EQ(unsetenv("TZ"), 0);
  tzset();
}

TEST(Container, BeginsAsReadersOfItsTypeExpect) {
  const Bytes container = Sample().write();
  // ETSI EN 319 162-1 clause A.1: "PK" at 0, "mimetype" at 30, the type at 38; no extra field, stored.
  EXPECT_EQ(container.substr(0, 4), "PK\x03\x04");
  EXPECT_EQ(container.substr(8, 2), std::string("\0\0", 2));
  EXPECT_EQ(container.substr(28, 2), std::string("\0\0", 2));
  EXPECT_EQ(container.substr(30, 8), "mimetype");
  EXPECT_EQ(container.substr(38, 33), "application/vnd.etsi.asic-e+zipPK");
}

TEST(Container, WithoutAttachmentsAndReceiptsIsComplete) {
  const Folder folder;
  Sample sample;
  sample.header.submission.attachments.clear();
  sample.seal();
  sample.parts.receipts.clear();
  const ContainerReport report = verify(folder, sample.write(), sample.trust);
  EXPECT_THAT(causes(report), IsEmpty());
  EXPECT_EQ(report.document, CheckState::good);
  EXPECT_EQ(report.receipts_state, CheckState::not_checked);
  EXPECT_EQ(report.verdict->basis, TimeBasis::arrival);
  EXPECT_EQ(report.members.size(), 4U);  // and no logs.vkey: no receipt needs it
}

TEST(Container, RefusesAttachmentsThatAreNotTheHeaders) {
  const Folder folder;
  for (const char* content :
       {"%PDF-1.7\nnội dunG\n%%EOF\n", "short", "%PDF-1.7\nnội dung\n%%EOF\n and more"}) {
    Sample sample;
    sample.contents[0] = content;
    const auto written = write_container(folder / "x.asice", sample.parts, sample.open());
    ASSERT_FALSE(written) << content;
    EXPECT_EQ(written.error().reason, "ATTACHMENT_MISMATCH");
    EXPECT_EQ(written.error().field, "attachments[0]");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Container, PassesOnTheReadersErrorsAndLeavesNothing) {
  const Folder folder;
  const Sample sample;
  const Error broken = failure(ErrorCode::unavailable, "STREAM_BROKEN", "the stream broke");
  const auto at_open = [&](std::size_t) -> Result<ReadChunk> { return broken; };
  const auto at_read = [&](std::size_t) -> Result<ReadChunk> {
    return ReadChunk([&]() -> Result<Bytes> { return broken; });
  };
  write_file(folder / "old.asice", "before");
  for (const OpenAttachment& open : {OpenAttachment(at_open), OpenAttachment(at_read)}) {
    const auto written = write_container(folder / "old.asice", sample.parts, open);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().reason, "STREAM_BROKEN");
  }
  EXPECT_EQ(read_file(folder / "old.asice"), "before");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Container, SaysWhereItCannotWrite) {
  const Folder folder;
  const Sample sample;
  const auto written = write_container(folder / "missing/x.asice", sample.parts, sample.open());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, "CONTAINER_UNWRITABLE");
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(Container, MemoryDoesNotGrowWithAttachments) {
  constexpr std::uint64_t kChunk = 1 << 20, kChunks = 48;
  const Folder folder;
  Sample sample;
  Sha256 hash;
  for (std::uint64_t i = 0; i < kChunks; ++i) hash.update(Bytes(kChunk, static_cast<char>(i)));
  sample.header.submission.attachments = {
      {"lớn.bin", "application/octet-stream", kChunk * kChunks, hash.finish()}};
  sample.seal();
  sample.prove();
  std::uint64_t next = 0;
  const OpenAttachment open = [&](std::size_t) -> Result<ReadChunk> {
    return ReadChunk([&]() -> Result<Bytes> {
      if (next == kChunks) return Bytes();
      return Bytes(kChunk, static_cast<char>(next++));
    });
  };
  const long before = peak_kib();
  ASSERT_TRUE(write_container(folder / "big.asice", sample.parts, open));
  const ContainerReport report = verify_container(folder / "big.asice", sample.trust);
  EXPECT_THAT(causes(report), IsEmpty());
  if (!kSanitized) {
    EXPECT_LT(peak_kib() - before, 16 * 1024);
  }
}

TEST(Container, ReceiptNamesHaveOneSpelling) {
  EXPECT_EQ(receipt_stem(7, EvidenceEvent::content_handover), "META-INF/receipts/007-ContentHandover");
  EXPECT_EQ(receipt_stem(1234, EvidenceEvent::relay_failure), "META-INF/receipts/1234-RelayFailure");
  const auto name = parse_receipt_name("META-INF/receipts/1234-RelayFailure.tlog-proof");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->number, 1234U);
  EXPECT_EQ(name->event, EvidenceEvent::relay_failure);
  EXPECT_TRUE(name->is_proof);
  for (const char* bad :
       {"META-INF/receipts/7-ContentHandover.json", "META-INF/receipts/0007-ContentHandover.json",
        "META-INF/receipts/007-contenthandover.json", "META-INF/receipts/007-ContentHandover.JSON",
        "META-INF/receipts/007-ContentHandover.json.json", "META-INF/receipts/-ContentHandover.json",
        "META-INF/receipts/007-.json", "META-INF/receipts/logs.vkey", "META-INF/007-ContentHandover.json",
        ""}) {
    EXPECT_FALSE(parse_receipt_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace tram::evidence::test
