// Good paths are remembered until the first certificate in them ends.
#include "trust/chain.h"

#include "tests/trust/fixtures.h"

namespace tram::trust {
namespace {

using test::certificate;
using test::reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Chain, IsBuiltOnceForMany) {
  const Verifier verifier({test::root()}, {test::agencies_ca()});
  test::Signed document("p256");
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(verifier.verify(document.claim).good());
  EXPECT_EQ(verifier.chains_built(), 1U);
}

TEST(Chain, ExpiresBetweenTwoVerdicts) {
  const Verifier verifier({test::root()}, {test::agencies_ca()});
  test::Signed document("p256");
  const Timestamp end = document.claim.certificate->not_after();
  EXPECT_TRUE(verifier.verify(document.claim).good());
  document.claim.judged_at = end - std::chrono::microseconds(1);
  EXPECT_TRUE(verifier.verify(document.claim).good());
  document.claim.judged_at = end;
  const Verdict late = verifier.verify(document.claim);
  EXPECT_EQ(late.validity, CheckState::bad);
  EXPECT_EQ(late.chain, CheckState::good);
  EXPECT_THAT(reasons(late.causes), ElementsAre("CERTIFICATE_EXPIRED"));
  document.claim.judged_at = document.claim.certificate->not_before() - std::chrono::seconds(1);
  EXPECT_EQ(verifier.verify(document.claim).validity, CheckState::bad);
  document.claim.judged_at = test::now();
  EXPECT_TRUE(verifier.verify(document.claim).good()) << "an earlier time is judged as of then";
}

TEST(Chain, JudgesAnOldSignatureAtItsOwnTime) {
  // The roots of the fixtures are younger than this certificate: its whole path did not hold in 2020.
  test::Signed document("expired", test::noon(2020, 6, 1));
  const Verdict verdict = test::verifier().verify(document.claim);
  EXPECT_EQ(verdict.signature, CheckState::good);
  EXPECT_THAT(reasons(verdict.causes), ElementsAre("CERTIFICATE_NOT_YET_VALID", "CERTIFICATE_NOT_YET_VALID"));
}

TEST(Chain, BadOnesAreNotRemembered) {
  const ChainBuilder builder({test::root()}, {test::agencies_ca()}, 8);
  const auto early = certificate("not-yet-valid");
  EXPECT_THAT(reasons(builder.chain_of(early, test::now())->validity_causes),
              ElementsAre("CERTIFICATE_NOT_YET_VALID"));
  EXPECT_EQ(builder.remembered(), 0U);
  EXPECT_THAT(builder.chain_of(certificate("p256"), test::now())->path_causes, IsEmpty());
  EXPECT_EQ(builder.remembered(), 1U);
}

TEST(Chain, IsBounded) {
  const ChainBuilder builder({test::root()}, {test::agencies_ca()}, 2);
  for (const char* name : {"p256", "rsa2048", "rsa3072", "rsa4096", "p256", "no-eku"}) {
    const ChainPtr chain = builder.chain_of(certificate(name), test::now());
    EXPECT_TRUE(chain->holds_at(test::now()));
    EXPECT_LE(builder.remembered(), 2U);
  }
}

TEST(Chain, PathLeadsFromTheSignerToTheRoot) {
  const auto path = test::verifier().path_of(certificate("p256"), test::now());
  ASSERT_TRUE(path);
  ASSERT_EQ(path->size(), 3U);
  EXPECT_EQ((*path)[0]->sha256(), certificate("p256")->sha256());
  EXPECT_EQ((*path)[1]->sha256(), test::agencies_ca()->sha256());
  EXPECT_EQ((*path)[2]->sha256(), test::root()->sha256());
  const auto refused = test::verifier().path_of(certificate("expired-tls"), test::now());
  ASSERT_FALSE(refused);
  EXPECT_THAT(reasons(refused.error().causes), ElementsAre("CERTIFICATE_EXPIRED", "KEY_USAGE"));
}

}  // namespace
}  // namespace tram::trust
