#include "base/sha256.h"

#include <gtest/gtest.h>

#include <thread>
#include <unordered_set>

namespace tram {
namespace {

// Examples of NIST, FIPS 180-4.
constexpr char kOfNothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kOfAMillionA[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(Sha256::of("").hex(), kOfNothing);
  EXPECT_EQ(Sha256::of("abc").hex(), kOfAbc);
  EXPECT_EQ(Sha256::of(Bytes(1'000'000, 'a')).hex(), kOfAMillionA);
}

TEST(Sha256, DoesNotDependOnThePieces) {
  Sha256 hasher;
  for (int i = 0; i < 1000; ++i) hasher.update(Bytes(1000, 'a'));
  EXPECT_EQ(hasher.finish().hex(), kOfAMillionA);
  EXPECT_EQ(Sha256::of("a", "bc").hex(), kOfAbc);
}

TEST(Sha256, StartsOverAfterFinish) {
  Sha256 hasher;
  EXPECT_EQ(hasher.finish().hex(), kOfNothing);
  EXPECT_EQ(hasher.update("abc").finish().hex(), kOfAbc);
  EXPECT_EQ(hasher.finish().hex(), kOfNothing);
}

TEST(Sha256, GoesOnAfterAMove) {
  Sha256 first;
  first.update("a");
  Sha256 second = std::move(first);
  EXPECT_EQ(second.update("bc").finish().hex(), kOfAbc);
}

TEST(Sha256, OfManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 500; ++j) EXPECT_EQ(Sha256::of("abc").hex(), kOfAbc);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Digest, ComesBackFromBytesAndHex) {
  const Digest digest = Sha256::of("abc");
  EXPECT_EQ(Digest::from_bytes(digest.bytes()).value(), digest);
  EXPECT_EQ(Digest::from_hex(digest.hex()).value(), digest);
  EXPECT_EQ(digest.bytes().size(), Digest::kSize);
}

TEST(Digest, OfAnotherLengthIsRefused) {
  EXPECT_FALSE(Digest::from_bytes(""));
  EXPECT_FALSE(Digest::from_bytes(Bytes(31, 'x')));
  EXPECT_FALSE(Digest::from_bytes(Bytes(33, 'x')));
  EXPECT_FALSE(Digest::from_hex(std::string(63, '0')));
  EXPECT_FALSE(Digest::from_hex(std::string(66, '0')));
  EXPECT_FALSE(Digest::from_hex(std::string(64, 'g')));
}

TEST(Digest, IsZeroUntilSet) {
  EXPECT_TRUE(Digest().is_zero());
  EXPECT_TRUE(Digest::from_bytes(Bytes(32, '\0')).value().is_zero());
  EXPECT_FALSE(Sha256::of("").is_zero());
}

TEST(Digest, SortsByBytesAndHashes) {
  const Digest low = Digest::from_hex("01" + std::string(62, 'f')).value();
  const Digest high = Digest::from_hex("f0" + std::string(62, '0')).value();
  EXPECT_NE(low, high);
  EXPECT_LT(low.hex(), high.hex());
  const std::unordered_set<Digest> set{low, high, low};
  EXPECT_EQ(set.size(), 2U);
}

}  // namespace
}  // namespace tram
