// What the verifier remembers of certificates that strangers bring.
#include "tramd/signatures.h"

#include "tests/trust/fixtures.h"

namespace tram::daemon {
namespace {

namespace fixtures = trust::test;
using fixtures::Signed;

exchange::SignatureCheck check_of(const Signed& document) {
  const auto& claim = document.claim;
  return {claim.content,   claim.signature, claim.certificate->sha256(),
          claim.signed_at, claim.signed_by, claim.agency,
          claim.node,      claim.basis,     claim.judged_at};
}

class DocumentVerifierTest : public testing::Test {
 protected:
  DocumentVerifier verifier_{{fixtures::root()}, {fixtures::agencies_ca()}};
};

TEST_F(DocumentVerifierTest, ACertificateIsKnownAfterAGoodSignature) {
  const Signed document("p256");
  const auto check = check_of(document);
  EXPECT_FALSE(verifier_.verify(check).good()) << "nobody has brought the certificate";
  const auto verdict = verifier_.verify_with(document.claim.certificate->der(), check);
  ASSERT_TRUE(verdict) << verdict.error().text();
  EXPECT_TRUE(verdict->good()) << fixtures::text_of(*verdict);
  EXPECT_TRUE(verifier_.knows(check.certificate));
  EXPECT_TRUE(verifier_.verify(check).good());
}

TEST_F(DocumentVerifierTest, ACertificateOfABadSignatureLeavesNoTrace) {
  const Signed document("p256");
  auto check = check_of(document);
  check.manifest = "another manifest";
  const auto verdict = verifier_.verify_with(document.claim.certificate->der(), check);
  ASSERT_TRUE(verdict) << verdict.error().text();
  EXPECT_FALSE(verdict->good());
  EXPECT_EQ(verdict->signature, CheckState::bad);
  EXPECT_EQ(verdict->chain, CheckState::good);
  EXPECT_FALSE(verifier_.knows(check.certificate));
}

TEST_F(DocumentVerifierTest, ACertificateOfAnotherAgencyLeavesNoTrace) {
  const Signed document("p256");
  auto check = check_of(document);
  check.agency = fixtures::code("H52.05");
  const auto verdict = verifier_.verify_with(document.claim.certificate->der(), check);
  ASSERT_TRUE(verdict) << verdict.error().text();
  EXPECT_EQ(verdict->speaks_for, CheckState::bad);
  EXPECT_FALSE(verifier_.knows(check.certificate));
}

TEST_F(DocumentVerifierTest, WhatIsNoCertificateIsRefused) {
  const Signed document("p256");
  const auto verdict = verifier_.verify_with("no certificate", check_of(document));
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::invalid_argument);
}

TEST_F(DocumentVerifierTest, AKnownCertificateIsJudgedWhateverComesAlong) {
  const Signed document("p256");
  const auto check = check_of(document);
  ASSERT_TRUE(verifier_.learn(document.claim.certificate->der()));
  const auto verdict = verifier_.verify_with("no certificate", check);
  ASSERT_TRUE(verdict) << verdict.error().text();
  EXPECT_TRUE(verdict->good()) << fixtures::text_of(*verdict);
}

}  // namespace
}  // namespace tram::daemon
