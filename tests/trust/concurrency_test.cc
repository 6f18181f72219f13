// Many threads sign, verify and decode with the same objects. Under the thread sanitizer this finds races.
#include <atomic>
#include <thread>

#include "tests/trust/fixtures.h"
#include "trust/certificate_cache.h"

namespace tram::trust {
namespace {

TEST(Concurrency, OneKeyOneVerifierAndOneCacheServeManyThreads) {
  const SigningKey keys[] = {test::key("p256"), test::key("rsa2048")};
  const Verifier verifier({test::root()}, {test::agencies_ca()}, 1);  // they push each other out
  CertificateCache cache(1);
  const SignatureToVerify about = test::claim_about("p256");
  std::atomic<int> good = 0;
  const auto work = [&](const SigningKey& key) {
    for (int i = 0; i < 50; ++i) {
      const std::string content = "document " + std::to_string(i);
      const Bytes signature = key.sign(content, about.signed_at).value();
      SignatureToVerify claim = about;
      claim.content = content;
      claim.signature = signature;
      claim.certificate = cache.decode(key.certificate()->der()).value();
      if (verifier.verify(claim).good()) ++good;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work, std::cref(keys[i % 2]));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
}

}  // namespace
}  // namespace tram::trust
