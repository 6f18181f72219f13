// ZIP files made to deceive.
#include "evidence/container_reader.h"
#include "tests/evidence/fixtures.h"
#include "tests/evidence/raw_zip.h"

namespace tram::evidence::test {
namespace {

using testing::Contains;

class HostileZip : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> causes_of(const std::vector<RawMember>& members) const {
    return causes_of_bytes(raw_zip(members));
  }
  [[nodiscard]] std::vector<std::string> causes_of_bytes(BytesView container) const {
    const ContainerReport report = verify(folder_, container, sample_.trust);
    EXPECT_EQ(report.acceptable(), report.causes.empty());
    EXPECT_FALSE(to_text(report).empty());
    return causes(report);
  }
  const Folder folder_;
  const Sample sample_;
  const Bytes container_ = sample_.write();
  std::vector<RawMember> members_ = members_of(container_);
};

constexpr std::size_t kHeader = 1, kContent = 2;  // places in members_

TEST_F(HostileZip, TheControlIsAcceptable) { EXPECT_THAT(causes_of(members_), testing::IsEmpty()); }

TEST_F(HostileZip, NamesThatLeaveTheContainer) {
  for (const char* name :
       {"../evil", "/etc/evil", "content/../../evil", "content\\..\\evil", "content/./x", "a//b"}) {
    auto members = members_;
    members.push_back(stored(name, "x"));
    EXPECT_THAT(causes_of(members), Contains(std::string(name) + ": MEMBER_NAME"));
  }
}

TEST_F(HostileZip, Folders) {
  members_.push_back(stored("content/", ""));
  EXPECT_THAT(causes_of(members_), Contains("content/: MEMBER_NAME"));
}

// What lies behind the fault was not looked at: the document is not good, whichever member has it.
TEST_F(HostileZip, AFaultOfTheLayoutIsOneOfTheFile) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    auto members = members_;
    members[i].external = 0120777U << 16;
    const ContainerReport report = verify(folder_, raw_zip(members), sample_.trust);
    EXPECT_THAT(causes(report), testing::ElementsAre(members_[i].name + ": ZIP_LAYOUT", ": ZIP_LAYOUT"));
    EXPECT_EQ(report.document, CheckState::bad) << members_[i].name;
  }
}

TEST_F(HostileZip, FoldersAndLinksByTheirAttributes) {
  for (const std::uint32_t external : {0120777U << 16, 040755U << 16, 0104755U << 16, 0x10U}) {
    auto members = members_;
    members[kContent].external = external;
    EXPECT_THAT(causes_of(members), Contains(members_[kContent].name + ": ZIP_LAYOUT")) << external;
  }
}

TEST_F(HostileZip, ANameTwice) {
  auto same = members_;
  same.push_back(members_[kContent]);
  EXPECT_FALSE(causes_of(same).empty());
  auto other = members_;
  other.insert(other.begin() + 1, stored("header.json", "{}"));
  EXPECT_FALSE(causes_of(other).empty());
}

TEST_F(HostileZip, UnknownMembers) {
  for (const char* name :
       {"readme.txt", "content/more.pdf", "META-INF/signature002.p7s", "META-INF/manifest.xml",
        "META-INF/receipts/005-ContentHandover.txt", "META-INF/timestamp001.tst"}) {
    auto members = members_;
    members.push_back(stored(name, "x"));
    EXPECT_THAT(causes_of(members), Contains(std::string(name) + ": MEMBER_UNKNOWN"));
  }
}

TEST_F(HostileZip, MissingMembers) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].name == "META-INF/receipts/logs.vkey") continue;  // may be left out
    auto members = members_;
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(causes_of(members).empty()) << members_[i].name;
  }
}

TEST_F(HostileZip, MimetypeMissingLateCompressedOrOther) {
  auto missing = members_, late = members_, compressed = members_, other = members_, extra = members_;
  missing.erase(missing.begin());
  std::swap(late[0], late[1]);
  compressed[0] = deflated("mimetype", members_[0].data);
  other[0] = stored("mimetype", members_[0].data + "\n");
  extra[0].local_extra = extra[0].central_extra = Bytes("\xfe\xca\x00\x00", 4);
  for (const auto& members : {missing, late, compressed, other}) {
    EXPECT_THAT(causes_of(members), Contains(testing::HasSubstr("mimetype: M")));
  }
  EXPECT_THAT(causes_of(extra), Contains("mimetype: ZIP_LAYOUT"));
}

TEST_F(HostileZip, BytesBeforeBetweenAndBehindMembers) {
  members_[kContent].gap = "hidden";
  EXPECT_THAT(causes_of(members_), Contains(members_[kContent].name + ": ZIP_LAYOUT"));
  EXPECT_FALSE(causes_of_bytes("#!/bin/sh\n" + container_).empty());
  EXPECT_FALSE(causes_of_bytes(container_ + "garbage").empty());
  EXPECT_FALSE(causes_of_bytes(container_ + container_).empty());
  Bytes commented = container_;
  commented[commented.size() - 2] = 5;
  EXPECT_FALSE(causes_of_bytes(commented + "hello").empty());
}

TEST_F(HostileZip, ExtraFields) {
  members_[kContent].local_extra = Bytes("up\x02\x00hi", 6);  // a second name, for those who read it
  EXPECT_FALSE(causes_of(members_).empty());
}

TEST_F(HostileZip, EncryptedAndStreamedMembers) {
  for (const std::uint16_t flags : {0x0801, 0x0808, 0x2800}) {
    auto members = members_;
    members[kContent].flags = flags;
    EXPECT_FALSE(causes_of(members).empty()) << flags;
  }
}

TEST_F(HostileZip, BombsStopAtTheSizeTheHeaderNames) {
  const Bytes zeros(64 << 20, '\0');
  auto honest = members_;
  honest[kContent] = deflated(members_[kContent].name, zeros);
  EXPECT_THAT(causes_of(honest), Contains(members_[kContent].name + ": MEMBER_TOO_LARGE"));
  auto lying = honest;  // claims the header's size
  lying[kContent].size = members_[kContent].size;
  EXPECT_FALSE(causes_of(lying).empty());
  auto header = members_;
  header[kHeader] = deflated("header.json", zeros);
  EXPECT_THAT(causes_of(header), Contains("header.json: MEMBER_TOO_LARGE"));
}

TEST_F(HostileZip, TooManyMembers) {
  std::vector<RawMember> many(10001, stored("x", ""));
  EXPECT_THAT(causes_of(many), Contains(testing::HasSubstr("CONTAINER_UNREADABLE")));
}

TEST_F(HostileZip, NoZipAtAll) {
  EXPECT_FALSE(causes_of_bytes("").empty());
  EXPECT_FALSE(causes_of_bytes("hello").empty());
  EXPECT_FALSE(causes_of_bytes(raw_zip({})).empty());
  EXPECT_THAT(causes(verify_container(folder_ / "missing", sample_.trust)), Contains(": FILE_UNREADABLE"));
}

// Fifield's overlapping bomb: two central entries, one local file.
TEST_F(HostileZip, OverlappingMembers) {
  const Bytes one = raw_zip({stored("mimetype", "x"), stored("mimetype", "x")});
  Bytes overlapped = one;
  const std::size_t second = one.rfind("PK\x01\x02");
  overlapped[second + 42] = 0;  // the second entry's local header is the first's
  EXPECT_FALSE(causes_of_bytes(overlapped).empty());
}

}  // namespace
}  // namespace tram::evidence::test
