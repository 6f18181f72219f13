#include "exchange/brought_certificates.h"

#include <gtest/gtest.h>

namespace tram::exchange {
namespace {

Bytes large(int number) { return std::to_string(number) + Bytes(BroughtCertificates::kMostBytes / 4, 'x'); }

TEST(BroughtCertificates, AreFoundByTheirDigest) {
  BroughtCertificates brought;
  brought.add("one");
  brought.add("two");
  brought.add("one");
  EXPECT_EQ(brought.find(Sha256::of("one")), "one");
  EXPECT_EQ(brought.find(Sha256::of("two")), "two");
  EXPECT_TRUE(brought.find(Sha256::of("three")).empty());
}

TEST(BroughtCertificates, TheOldestGoFirstWhenThereAreTooMany) {
  BroughtCertificates brought;
  for (int number = 0; number < 5; ++number) brought.add(large(number));
  EXPECT_TRUE(brought.find(Sha256::of(large(0))).empty());
  EXPECT_TRUE(brought.find(Sha256::of(large(1))).empty());
  EXPECT_EQ(brought.find(Sha256::of(large(4))), large(4));
  EXPECT_EQ(brought.find(Sha256::of(large(2))), large(2));
}

TEST(BroughtCertificates, OneThatIsTooLargeIsNotKept) {
  BroughtCertificates brought;
  brought.add(Bytes(BroughtCertificates::kMostBytes + 1, 'x'));
  brought.add("one");
  EXPECT_EQ(brought.find(Sha256::of("one")), "one");
}

}  // namespace
}  // namespace tram::exchange
