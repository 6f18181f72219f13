#include "base/identifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <unordered_set>

namespace tram {
namespace {

constexpr std::int64_t kMicros = 1'795'544'411'123'456;

// RFC 9562 section 5.7: version 7, variant 10.
TEST(Uuid7, HasTheFormOfTheRfc) {
  for (int i = 0; i < 200; ++i) {
    EXPECT_THAT(make_uuid7(from_micros(kMicros)),
                testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  }
}

TEST(Uuid7, BeginsWithTheMillisecond) {
  const std::string id = make_uuid7(from_micros(kMicros));
  EXPECT_EQ(std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16), kMicros / 1000);
}

TEST(Uuid7, MadeLaterSortsLater) {
  std::string before;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = make_uuid7(from_micros(kMicros + i * 1000));
    EXPECT_LT(before, id);
    before = id;
  }
}

TEST(Uuid7, MadeInOneMillisecondAreDifferent) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(ids.insert(make_uuid7(from_micros(kMicros))).second);
}

using Apple = Identifier<struct AppleTag>;
using Pear = Identifier<struct PearTag>;
static_assert(!std::is_constructible_v<Apple, Pear>, "kinds do not mix");
static_assert(!std::is_convertible_v<std::string, Apple>, "only said aloud");

TEST(Identifier, ComparesSortsAndHashesByText) {
  EXPECT_EQ(Apple("a"), Apple("a"));
  EXPECT_LT(Apple("a"), Apple("b"));
  EXPECT_TRUE(Apple().empty());
  const std::unordered_set<Apple> set{Apple("a"), Apple("a"), Apple("b")};
  EXPECT_EQ(set.size(), 2U);
}

}  // namespace
}  // namespace tram
