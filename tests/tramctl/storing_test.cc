#include "tramctl/storing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "codec/header_json.h"
#include "tests/tramctl/temporary_folder.h"
#include "tramctl/trust_files.h"
#include "tramctl/verdict_text.h"

namespace tram::client {
namespace {

const Timestamp kNow = *from_rfc3339("2026-11-24T11:20:00Z");
const Bytes kLarge(700'000, 'x');

Header header_of(const std::string& subject) {
  Header out;
  out.submission.key = {*AgencyCode::parse("H52.01"), MessageId("m1")};
  out.submission.recipients = {*AgencyCode::parse("G09.02")};
  out.submission.dispatch = Dispatch{};
  out.submission.dispatch->subject = subject;
  out.submission.dispatch->code = {"125", "UBND-NC"};
  out.submission.dispatch->type = {0, "Công văn"};
  out.submission.attachments = {{"nhỏ.txt", "text/plain", 3, Sha256::of("abc")},
                                {"lớn.bin", "application/octet-stream", kLarge.size(), Sha256::of(kLarge)}};
  out.signed_at = kNow;
  out.signed_by = SignedBy::seal;
  out.node = *AgencyCode::parse("H52");
  return out;
}

v1::Delivery delivery_of(const std::string& subject = "Về việc") {
  v1::Delivery out;
  out.set_delivery_id("d1");
  out.set_recipient("G09.02");
  out.mutable_signed_()->set_header(codec::write_header(header_of(subject)));
  out.mutable_signed_()->set_signature("not a signature");
  out.add_contents()->set_inline_("abc");
  out.add_contents()->set_uploaded(true);
  out.mutable_verdict()->set_good(true);
  return out;
}

/// Serves kLarge; breaks off once, after so many bytes.
struct Server {
  std::uint64_t break_after = kLarge.size();
  std::vector<std::uint64_t> offsets;
  Bytes content = kLarge;

  Fetch fetch() {
    return [this](const v1::Delivery&, std::size_t, std::uint64_t offset, const Sink& sink) -> Result<void> {
      offsets.push_back(offset);
      const std::uint64_t end = std::exchange(break_after, content.size());
      if (auto done = sink(BytesView(content).substr(offset, end - offset)); !done) return done;
      if (end < content.size()) return failure(ErrorCode::unavailable, "GONE", "gone");
      return {};
    };
  }
};

TEST(DeliveryWriter, WritesEverythingUnderSenderAndId) {
  const TemporaryFolder folder;
  Server server;
  const auto stored = DeliveryWriter(folder.path(), nullptr, {}, server.fetch()).store(delivery_of(), kNow);
  ASSERT_TRUE(stored) << stored.error().text();
  EXPECT_EQ(stored->folder, folder / "H52.01/m1");
  EXPECT_EQ(*read_file(folder / "H52.01/m1/header.json"), codec::write_header(header_of("Về việc")));
  EXPECT_EQ(*read_file(folder / "H52.01/m1/nhỏ.txt"), "abc");
  EXPECT_EQ(*read_file(folder / "H52.01/m1/lớn.bin"), kLarge);
  EXPECT_EQ(stored->entry.summary, "Về việc");
  EXPECT_TRUE(stored->good);
  EXPECT_THAT(stored->entry.verdict, testing::StartsWith("not checked here"));
}

TEST(DeliveryWriter, ABadSignatureIsKeptAndSaidToBeBad) {
  const TemporaryFolder folder;
  Server server;
  const auto verifier = std::make_shared<const trust::Verifier>(std::vector<trust::CertificatePtr>{},
                                                                std::vector<trust::CertificatePtr>{});
  const auto stored = DeliveryWriter(folder.path(), verifier, {}, server.fetch()).store(delivery_of(), kNow);
  ASSERT_TRUE(stored) << stored.error().text();
  EXPECT_FALSE(stored->good);
  EXPECT_THAT(stored->entry.verdict, testing::StartsWith("bad"));
  EXPECT_EQ(*read_file(folder / "H52.01/m1/signature001.p7s"), "not a signature");
}

TEST(DeliveryWriter, ADownloadGoesOnWhereItBrokeOff) {
  const TemporaryFolder folder;
  Server server;
  server.break_after = 300'000;
  const DeliveryWriter writer(folder.path(), nullptr, {}, server.fetch());
  EXPECT_FALSE(writer.store(delivery_of(), kNow));
  EXPECT_FALSE(std::filesystem::exists(folder / "H52.01/m1/lớn.bin"));
  ASSERT_TRUE(writer.store(delivery_of(), kNow));
  EXPECT_THAT(server.offsets, testing::ElementsAre(0U, 300'000U));
  EXPECT_EQ(*read_file(folder / "H52.01/m1/lớn.bin"), kLarge);
}

TEST(DeliveryWriter, BytesThatWereNotSignedAreNeverStored) {
  const TemporaryFolder folder;
  Server server;
  server.content[5] ^= 1;
  const DeliveryWriter writer(folder.path(), nullptr, {}, server.fetch());
  const auto large = writer.store(delivery_of(), kNow);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().reason, "ATTACHMENT_MISMATCH");
  v1::Delivery small = delivery_of();
  small.mutable_contents(0)->set_inline_("abd");
  EXPECT_EQ(writer.store(small, kNow).error().reason, "ATTACHMENT_MISMATCH");
  server.content = kLarge;
  EXPECT_TRUE(writer.store(delivery_of(), kNow)) << "nothing of the bad download stays";
}

TEST(DeliveryWriter, AnotherMessageUnderTheSameKeyIsRefused) {
  const TemporaryFolder folder;
  Server server;
  const DeliveryWriter writer(folder.path(), nullptr, {}, server.fetch());
  ASSERT_TRUE(writer.store(delivery_of(), kNow));
  ASSERT_TRUE(writer.store(delivery_of(), kNow));
  const auto other = writer.store(delivery_of("Another"), kNow);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason, "MESSAGE_DIFFERS");
  EXPECT_EQ(*read_file(folder / "H52.01/m1/header.json"), codec::write_header(header_of("Về việc")));
}

TEST(VerdictText, NamesWhatWasNotChecked) {
  v1::VerdictInfo verdict;
  verdict.set_good(true);
  (*verdict.mutable_checks())["signature"] = "good";
  (*verdict.mutable_checks())["revocation"] = "not checked";
  (*verdict.mutable_checks())["time_stamp"] = "not checked";
  EXPECT_EQ(verdict_text(verdict), "good (not checked: revocation, time stamp)");
}

}  // namespace
}  // namespace tram::client
