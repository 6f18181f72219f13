#include "trust/verifier.h"

#include "tests/trust/fixtures.h"
#include "trust/cms.h"

namespace tram::trust {
namespace {

using test::certificate;
using test::claim_about;
using test::code;
using test::now;
using test::reasons;
using test::Signed;
using test::text_of;
using test::verifier;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class GoodSigners : public ::testing::TestWithParam<const char*> {};

TEST_P(GoodSigners, EveryCheckIsGoodAndTheRestNotChecked) {
  const Signed document(GetParam());
  const Verdict verdict = verifier().verify(document.claim);
  EXPECT_TRUE(verdict.good()) << text_of(verdict);
  for (const CheckState check : {verdict.signature, verdict.certificate_binding, verdict.chain,
                                 verdict.validity, verdict.key_usage, verdict.speaks_for})
    EXPECT_EQ(check, CheckState::good);
  for (const CheckState check : {verdict.revocation, verdict.time_stamp, verdict.pdf_signatures})
    EXPECT_EQ(check, CheckState::not_checked);
  EXPECT_EQ(verdict.certificate, certificate(GetParam())->sha256());
  EXPECT_EQ(verdict.subject, certificate(GetParam())->subject());
  EXPECT_EQ(verdict.basis, TimeBasis::accepting_clock);
  EXPECT_EQ(verdict.judged_at, now());
  EXPECT_EQ(verdict.who(), "signed by the agency H52.01");
}

INSTANTIATE_TEST_SUITE_P(Verifier, GoodSigners,
                         ::testing::Values("p256", "rsa2048", "rsa3072", "rsa4096", "no-eku", "email-eku",
                                           "non-repudiation", "renewed", "old-form", "subdivision"));

struct Refusal {
  const char* certificate;
  std::vector<std::string> reasons;
};
void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.certificate; }

class RefusedCertificates : public ::testing::TestWithParam<Refusal> {};

// The intermediates include what refused certificates were issued by: being given one is no trust.
TEST_P(RefusedCertificates, NameAllCauses) {
  const Verifier generous({test::root()},
                          {test::agencies_ca(), certificate("p256"), certificate("pki/ca/tls"),
                           certificate("deep-ca"), certificate("expired-ca"), certificate("foreign-root")});
  const Verdict verdict = generous.judge_certificate(claim_about(GetParam().certificate));
  EXPECT_FALSE(verdict.good());
  EXPECT_THAT(reasons(verdict.causes), ::testing::UnorderedElementsAreArray(GetParam().reasons))
      << text_of(verdict);
  for (const Error& cause : verdict.causes) EXPECT_EQ(cause.code, ErrorCode::failed_precondition);
}

INSTANTIATE_TEST_SUITE_P(
    Verifier, RefusedCertificates,
    ::testing::Values(Refusal{"expired", {"CERTIFICATE_EXPIRED"}},
                      Refusal{"not-yet-valid", {"CERTIFICATE_NOT_YET_VALID"}},
                      Refusal{"tls-eku", {"KEY_USAGE"}}, Refusal{"encryption", {"KEY_USAGE"}},
                      Refusal{"expired-tls", {"CERTIFICATE_EXPIRED", "KEY_USAGE"}},
                      // A CA, and for certificates and CRLs alone.
                      Refusal{"ca-signs", {"KEY_USAGE", "KEY_USAGE"}}, Refusal{"rsa1024", {"KEY_TOO_WEAK"}},
                      Refusal{"p384", {"KEY_NOT_SUPPORTED"}}, Refusal{"sha1", {"CHAIN_INVALID"}},
                      Refusal{"unknown-critical", {"CHAIN_INVALID"}}, Refusal{"under-tls", {"KEY_USAGE"}},
                      Refusal{"under-expired-ca", {"CERTIFICATE_EXPIRED"}},
                      Refusal{"other-agency", {"FOREIGN_AGENCY"}}, Refusal{"longer-code", {"FOREIGN_AGENCY"}},
                      Refusal{"foreign-scheme", {"FOREIGN_AGENCY"}}, Refusal{"node", {"FOREIGN_AGENCY"}},
                      Refusal{"taxpayer", {"FOREIGN_AGENCY"}}, Refusal{"no-identifier", {"FOREIGN_AGENCY"}}));

TEST(Verifier, RefusesAForeignRootEvenUnderOurRootsName) {
  const Verifier told({test::root()}, {test::agencies_ca(), certificate("foreign-root")});
  for (const Verifier* each : {&verifier(), &told}) {
    const Verdict verdict = each->judge_certificate(claim_about("foreign"));
    EXPECT_EQ(verdict.chain, CheckState::bad);
    EXPECT_EQ(verdict.validity, CheckState::not_checked);
    EXPECT_THAT(reasons(verdict.causes), Contains("CHAIN_INCOMPLETE")) << text_of(verdict);
  }
}

TEST(Verifier, RefusesIssuersThatAreNoCaOrTooDeep) {
  const Verifier told({test::root()}, {test::agencies_ca(), certificate("p256"), certificate("deep-ca")});
  for (const char* name : {"under-seal", "too-deep"}) {
    const Verdict verdict = told.judge_certificate(claim_about(name));
    EXPECT_EQ(verdict.chain, CheckState::bad) << name;
    EXPECT_THAT(reasons(verdict.causes), Contains("CHAIN_INVALID")) << name << text_of(verdict);
  }
}

TEST(Verifier, NamesAMissingIntermediate) {
  const Verifier untold({test::root()}, {});
  const Verdict verdict = untold.judge_certificate(claim_about("p256"));
  EXPECT_EQ(verdict.chain, CheckState::bad);
  EXPECT_THAT(reasons(verdict.causes), Contains("CHAIN_INCOMPLETE"));
  EXPECT_EQ(verdict.speaks_for, CheckState::good) << "every check answers for itself";
}

TEST(Verifier, TrustsNothingWithoutRootsOrThroughAnIntermediateAlone) {
  EXPECT_FALSE(
      Verifier({}, {test::agencies_ca(), test::root()}).judge_certificate(claim_about("p256")).good());
  EXPECT_FALSE(Verifier({test::agencies_ca()}, {}).judge_certificate(claim_about("p256")).good());
}

TEST(Verifier, RefusesOtherContent) {
  Signed document("p256");
  document.claim.content = "other";
  const Verdict verdict = verifier().verify(document.claim);
  EXPECT_EQ(verdict.signature, CheckState::bad);
  EXPECT_THAT(reasons(verdict.causes), ElementsAre("SIGNATURE_INVALID"));
}

TEST(Verifier, RefusesAnotherSigningTimeThanTheHeaders) {
  Signed document("p256");
  document.claim.signed_at = std::chrono::floor<std::chrono::seconds>(now());
  EXPECT_TRUE(verifier().verify(document.claim).good()) << "equal to the second";
  for (const int seconds : {-1, 1}) {
    document.claim.signed_at = now() + std::chrono::seconds(seconds);
    const Verdict verdict = verifier().verify(document.claim);
    EXPECT_FALSE(verdict.good());
    EXPECT_THAT(reasons(verdict.causes), ElementsAre("SIGNING_TIME_MISMATCH"));
  }
}

TEST(Verifier, RefusesAnotherCertificateOfTheSameKey) {
  Signed document("p256");
  document.claim.certificate = certificate("renewed");
  const Verdict verdict = verifier().verify(document.claim);
  EXPECT_EQ(verdict.signature, CheckState::good) << "the key did sign";
  EXPECT_EQ(verdict.certificate_binding, CheckState::bad);
  EXPECT_THAT(reasons(verdict.causes), ElementsAre("CERTIFICATE_BINDING"));
}

TEST(Verifier, RefusesAnotherSignersCertificate) {
  Signed document("p256");
  for (const char* other : {"no-eku", "rsa2048"}) {
    document.claim.certificate = certificate(other);
    EXPECT_THAT(reasons(verifier().verify(document.claim).causes),
                UnorderedElementsAre("SIGNATURE_INVALID", "CERTIFICATE_BINDING"));
  }
}

TEST(Verifier, CollectsAllCauses) {
  Signed document("expired-tls", test::noon(2020, 6, 1));
  document.claim.content = "other";
  document.claim.judged_at = now();
  document.claim.agency = code("G09");
  document.claim.signed_at = now();
  EXPECT_THAT(reasons(verifier().verify(document.claim).causes),
              UnorderedElementsAre("SIGNATURE_INVALID", "SIGNING_TIME_MISMATCH", "CERTIFICATE_EXPIRED",
                                   "KEY_USAGE", "FOREIGN_AGENCY"));
}

TEST(Verifier, SaysThatACertificateIsUnknown) {
  Signed document("p256");
  document.claim.certificate = nullptr;
  const Verdict verdict = verifier().verify(document.claim);
  EXPECT_FALSE(verdict.good());
  EXPECT_THAT(reasons(verdict.causes), ElementsAre("CERTIFICATE_UNKNOWN"));
  EXPECT_EQ(verdict.signature, CheckState::not_checked);
}

TEST(Verifier, RefusesEmbeddedCertificatesAndGarbage) {
  Signed document("p256");
  const Bytes embedded = with_certificates(document.signature, {document.claim.certificate}).value();
  const Bytes trailing = document.signature + '\0';
  const Bytes large(70000, '0');
  for (const Bytes& wrong : {embedded, trailing, large, Bytes()}) {
    document.claim.signature = wrong;
    const Verdict verdict = verifier().verify(document.claim);
    EXPECT_EQ(verdict.signature, CheckState::bad);
    EXPECT_THAT(reasons(verdict.causes), ElementsAre("SIGNATURE_INVALID"));
  }
}

TEST(Verifier, AsksTheRegistryOnlyForWhatTheCertificateDoesNotSay) {
  Signed document("taxpayer");
  EXPECT_FALSE(verifier().verify(document.claim).good());
  std::vector<AgencyCode> asked;
  document.claim.mapped = [&](const Digest& sha256, const AgencyCode& agency) {
    asked.push_back(agency);
    return sha256 == certificate("taxpayer")->sha256() && agency == code("H52.01");
  };
  const Verdict verdict = verifier().verify(document.claim);
  EXPECT_TRUE(verdict.good());
  EXPECT_TRUE(verdict.by_mapping);
  EXPECT_EQ(verdict.who(), "signed by the agency H52.01, by explicit mapping");
  EXPECT_THAT(asked, ElementsAre(code("H52.01")));
  document.claim.agency = code("H52.05");
  EXPECT_THAT(reasons(verifier().verify(document.claim).causes), ElementsAre("FOREIGN_AGENCY"));
}

TEST(Verifier, ASealSpeaksForItsAgencyAndNotForTheNode) {
  Signed document("p256");
  document.claim.signed_by = SignedBy::seal;
  document.claim.node = code("H52");
  const Verdict verdict = verifier().verify(document.claim);
  EXPECT_TRUE(verdict.good()) << text_of(verdict);
  EXPECT_EQ(verdict.who(), "sealed by node H52 for the agency H52.01");

  Signed by_node("node");
  by_node.claim.signed_by = SignedBy::seal;
  by_node.claim.node = code("H52");
  EXPECT_THAT(reasons(verifier().verify(by_node.claim).causes), ElementsAre("FOREIGN_AGENCY"));
}

TEST(Verifier, ANodeSpeaksOfAgenciesWithinItAlone) {
  Signed document("node");
  document.claim.signed_by = SignedBy::node;
  document.claim.node = code("H52");
  EXPECT_TRUE(verifier().verify(document.claim).good());
  document.claim.agency = code("G09.02");
  EXPECT_THAT(reasons(verifier().verify(document.claim).causes), ElementsAre("FOREIGN_AGENCY"));
  document.claim.node = code("G09");
  EXPECT_THAT(reasons(verifier().verify(document.claim).causes), ElementsAre("FOREIGN_AGENCY"))
      << "the certificate is H52's";
  document.claim.node = AgencyCode();
  EXPECT_THAT(reasons(verifier().verify(document.claim).causes), Contains("FOREIGN_AGENCY"));
}

}  // namespace
}  // namespace tram::trust
