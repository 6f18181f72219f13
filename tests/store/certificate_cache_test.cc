#include "store/certificate_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace tram::store {
namespace {

TEST(CertificateCache, GivesBackWhatWasPut) {
  CertificateCache cache;
  const Digest one = Sha256::of("one");
  EXPECT_EQ(cache.get(one), std::nullopt);
  cache.put(one, "one");
  EXPECT_EQ(cache.get(one), "one");
  EXPECT_EQ(cache.get(Sha256::of("two")), std::nullopt);
}

TEST(CertificateCache, IsBounded) {
  CertificateCache cache;
  for (std::size_t i = 0; i <= CertificateCache::kMost; ++i) {
    const std::string der = std::to_string(i);
    cache.put(Sha256::of(der), der);
  }
  EXPECT_EQ(cache.get(Sha256::of("0")), std::nullopt);
  const std::string last = std::to_string(CertificateCache::kMost);
  EXPECT_EQ(cache.get(Sha256::of(last)), last);
}

}  // namespace
}  // namespace tram::store
