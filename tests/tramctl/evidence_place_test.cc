#include "tramctl/evidence_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/header_json.h"
#include "evidence/container.h"
#include "tests/evidence/raw_zip.h"
#include "tests/tramctl/temporary_folder.h"
#include "tramctl/durable_file.h"

namespace tram::client {
namespace {

using evidence::test::raw_zip;
using evidence::test::stored;
using testing::HasSubstr;

MessageKey key(const char* sender) { return {*AgencyCode::parse(sender), MessageId("m1")}; }

evidence::test::RawMember mimetype() {
  return stored(std::string(evidence::kMimetypeMember), evidence::kMimetype);
}

evidence::test::RawMember header_of(const char* sender) {
  Header header;
  header.submission.key = key(sender);
  header.submission.recipients = {*AgencyCode::parse("G09.02")};
  header.submission.dispatch = Dispatch{};
  header.submission.dispatch->subject = "Về việc";
  header.submission.dispatch->code = {"125", "UBND-NC"};
  header.submission.dispatch->type = {0, "Công văn"};
  header.signed_at = *from_rfc3339("2026-11-24T11:20:00Z");
  header.signed_by = SignedBy::seal;
  header.node = *AgencyCode::parse("H52");
  return stored(std::string(evidence::kHeaderMember), codec::write_header(header));
}

/// No signature, no manifest: whose it is stands in its header.
Bytes container(const char* sender) { return raw_zip({mimetype(), header_of(sender)}); }

class EvidencePlace : public testing::Test {
 protected:
  void put(BytesView bytes) const { ASSERT_TRUE(write_durably(path_, bytes, folder_ / "new")); }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "m1.asice";
};

TEST_F(EvidencePlace, IsNamedByTheId) {
  EXPECT_EQ(*container_place(folder_.path(), key("H52.01")), path_);
  EXPECT_EQ(*container_place(folder_ / "not yet", key("H52.01")), folder_ / "not yet/m1.asice");
}

TEST_F(EvidencePlace, OfTheSameMessageMayBeTaken) {
  put(container("H52.01"));
  const auto place = container_place(folder_.path(), key("H52.01"));
  ASSERT_TRUE(place) << place.error().text();
  EXPECT_EQ(*place, path_);
}

TEST_F(EvidencePlace, OfAnotherSendersMessageIsRefused) {
  put(container("H52.05"));
  const auto place = container_place(folder_.path(), key("H52.01"));
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().reason, "CONTAINER_OF_ANOTHER");
  EXPECT_THAT(place.error().message, HasSubstr(path_ + " is the container of H52.05/m1, not of H52.01/m1"));
  EXPECT_THAT(place.error().remedy, HasSubstr("another --dir"));
}

TEST_F(EvidencePlace, WithSomethingUnknownIsRefused) {
  const Bytes whole = container("H52.01");
  Bytes damaged = whole;
  damaged[damaged.find("125")] = '9';  // its CRC tells
  const Bytes of_another_type = raw_zip({stored("mimetype", "application/zip"), header_of("H52.01")});
  for (const Bytes& bytes : {Bytes("a note"), Bytes(), damaged, whole.substr(0, whole.size() - 1),
                             raw_zip({mimetype()}), of_another_type}) {
    put(bytes);
    const auto place = container_place(folder_.path(), key("H52.01"));
    ASSERT_FALSE(place);
    EXPECT_EQ(place.error().reason, "CONTAINER_UNKNOWN");
    EXPECT_THAT(place.error().remedy, HasSubstr("move it away"));
    EXPECT_EQ(place.error().causes.size(), 1U);
  }
}

}  // namespace
}  // namespace tram::client
