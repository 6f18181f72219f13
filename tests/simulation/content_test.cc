// Content above the inline limit.
#include <gtest/gtest.h>

#include "tests/support/three_nodes.h"

namespace tram::sim {
namespace {

Bytes large(char fill) { return Bytes(150'001, fill); }

Bytes attachment(SimNode& node, const SimAgency::Taken& taken, std::size_t index,
                 const exchange::Identity& who) {
  const auto source = node.node().attachment(who, taken.id, index);
  if (!source) return source.error().text();
  return node.contents().read(source->location, 0, source->location.length).value();
}

TEST(Content, AboveTheInlineLimitGoesByUpload) {
  ThreeNodes world;
  world.start();
  const std::vector<File> files{file("a.pdf", large('a')), file("b.pdf", "small")};
  for (const File& each : files) upload(world.sonla, world.sender.who(), each);
  std::size_t inline_bytes = 0;
  world.network.tamper = [&](const AgencyCode&, const AgencyCode&, exchange::HopItem& item) {
    const auto* hop = std::get_if<exchange::HopMessage>(&item);
    if (hop == nullptr) return;
    for (const exchange::HopContent& content : hop->contents) inline_bytes += content.bytes.size();
  };
  world.sender.send(request_uploaded(dispatch("H52.01", "d", {"G09.02"}), files));
  ASSERT_TRUE(world.settle());
  ASSERT_EQ(world.ministry.taken().size(), 1U);
  const SimAgency::Taken& taken = world.ministry.taken().front();
  EXPECT_TRUE(taken.contents.at(0).uploaded);
  EXPECT_EQ(attachment(world.noivu, taken, 0, world.ministry.who()), files[0].bytes);
  EXPECT_EQ(attachment(world.noivu, taken, 1, world.ministry.who()), files[1].bytes);
  EXPECT_EQ(inline_bytes, 0U);
}

TEST(Content, AnUploadThatBreaksOffGoesOn) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    ThreeNodes world(seed, std::chrono::microseconds(300));
    world.network.faults.cut_upload = 300;
    world.start();
    const File one = file("a.pdf", large('a'));
    upload(world.sonla, world.sender.who(), one);
    world.sender.send(request_uploaded(dispatch("H52.01", "d", {"G09.02"}), {one}));
    ASSERT_TRUE(world.settle());
    ASSERT_EQ(world.ministry.taken().size(), 1U);
    EXPECT_EQ(attachment(world.noivu, world.ministry.taken()[0], 0, world.ministry.who()), one.bytes);
  }
}

TEST(Content, IsGivenToItsRecipientAlone) {
  ThreeNodes world;
  SimAgency other(world.noivu, "G09.03");
  world.start();
  world.sender.send(request(dispatch("H52.01", "d", {"G09.02"}), {file("a.pdf", "x")}));
  ASSERT_TRUE(world.settle());
  const auto id = world.ministry.taken().at(0).id;
  const auto refused = world.noivu.node().attachment(other.who(), id, 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  const auto beyond = world.noivu.node().attachment(world.ministry.who(), id, 1);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().reason, "ATTACHMENT_UNKNOWN");
}

}  // namespace
}  // namespace tram::sim
