#include "trust/certificate.h"

#include "tests/trust/fixtures.h"
#include "trust/certificate_cache.h"
#include "trust/usage.h"

namespace tram::trust {
namespace {

using test::certificate;
using test::code;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Certificate, SaysWhatStandsInIt) {
  const auto seal = certificate("p256");
  EXPECT_EQ(seal->subject(), "CN=Practice signer,organizationIdentifier=GOVVN-H52.01,O=Practice,C=VN");
  EXPECT_THAT(seal->organization_identifiers(), ElementsAre("GOVVN-H52.01"));
  EXPECT_EQ(seal->key_description(), "P-256");
  EXPECT_EQ(certificate("rsa3072")->key_description(), "RSA-3072");
  EXPECT_EQ(certificate("p384")->key_description(), "secp384r1");
  EXPECT_THAT(certificate("no-identifier")->organization_identifiers(), IsEmpty());
  const auto expired = certificate("expired");
  EXPECT_EQ(to_rfc3339(expired->not_before()), "2020-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339(expired->not_after()), "2021-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339(certificate("not-yet-valid")->not_before()), "2090-01-01T00:00:00.000000Z");
}

TEST(Certificate, ReadsVietnameseSubjects) {
  EXPECT_EQ(test::root()->subject(), "CN=Practice root CA,O=Trạm practice PKI,C=VN");
}

TEST(Certificate, AgreesWithOpensslOnTheFingerprint) {
  std::string said;
  ASSERT_TRUE(test::run("openssl x509 -outform DER -in " + test::path("p256.crt") + " | sha256sum", &said));
  EXPECT_EQ(certificate("p256")->sha256().hex(), said.substr(0, 64));
  EXPECT_EQ(sha256_fingerprint_of_pem(test::read("p256.crt"))->hex(), said.substr(0, 64));
}

TEST(Certificate, DerIsExact) {
  const Bytes der(certificate("p256")->der());
  EXPECT_EQ(Certificate::from_der(der).value()->der(), der);
  for (const Bytes& wrong : {der + '\0', der + der, der.substr(0, der.size() - 1), Bytes(),
                             Bytes("certificate"), Bytes(Certificate::kMaxSize + 1, '0')}) {
    const auto refused = Certificate::from_der(wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "CERTIFICATE_MALFORMED");
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  }
}

TEST(Certificate, RefusesTimesThatCannotBeRead) {
  Bytes der(certificate("expired")->der());
  const std::size_t end = der.find("210101000000Z");
  ASSERT_NE(end, Bytes::npos);
  for (const char* time : {"211301000000Z", "210101000000z", "2101010000000"})
    EXPECT_FALSE(Certificate::from_der(Bytes(der).replace(end, 13, time))) << time;
  EXPECT_TRUE(Certificate::from_der(der.replace(end, 13, "220101000000Z"))) << "forged, but readable";
}

TEST(Certificate, PemIsReadAndWritten) {
  const auto seal = certificate("p256");
  EXPECT_EQ(seal->pem(), test::read("p256.crt"));
  EXPECT_EQ(Certificate::from_pem(test::read("p256.key") + seal->pem()).value()->sha256(), seal->sha256())
      << "other blocks are skipped";
  EXPECT_FALSE(Certificate::from_pem(test::read("p256.key")));
  EXPECT_FALSE(Certificate::from_pem(""));
  EXPECT_FALSE(sha256_fingerprint_of_pem("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"));
}

TEST(Certificate, BundlesAreReadWholeOrNotAtAll) {
  const std::string two = test::read("p256.crt") + test::read("rsa2048.crt");
  const auto bundle = Certificate::read_pem_bundle(two);
  ASSERT_TRUE(bundle);
  ASSERT_EQ(bundle->size(), 2U);
  EXPECT_EQ((*bundle)[1]->sha256(), certificate("rsa2048")->sha256());
  EXPECT_FALSE(Certificate::read_pem_bundle("no PEM here"));
  EXPECT_FALSE(Certificate::read_pem_bundle(two.substr(0, two.size() - 40))) << "the second is cut short";
  EXPECT_FALSE(Certificate::read_pem_bundle(
      test::read("p256.crt") + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
}

TEST(CertificateCache, DecodesOnceAndForgetsTheLeastUsed) {
  CertificateCache cache(2);
  const auto first = certificate("p256");
  const auto held = cache.decode(first->der()).value();
  EXPECT_EQ(cache.decode(first->der()).value(), held) << "the same object, not decoded again";
  cache.insert(certificate("rsa2048"));
  EXPECT_EQ(cache.find(first->sha256()), held);
  cache.insert(certificate("rsa3072"));
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.find(certificate("rsa2048")->sha256()), nullptr);
  EXPECT_EQ(cache.find(first->sha256()), held) << "used later than the one forgotten";
  EXPECT_FALSE(cache.decode("nonsense"));
  EXPECT_EQ(cache.size(), 2U);
}

TEST(OrganizationIdentifier, NamesAnAgencyInTheGovernmentScheme) {
  const AgencyCode agency = code("H52.01");
  EXPECT_TRUE(names_agency("GOVVN-H52.01", agency));
  EXPECT_TRUE(names_agency("GOVVN+05-H52.01", agency));
  EXPECT_TRUE(names_agency("GOVVN-000.00.01.H52", agency)) << "old form";
  for (const char* other : {"GOVVN-H52", "GOVVN-H52.010", "GOVVN-H52.01.1", "GOVVN", "GOVVN-", "GOVVNH52.01",
                            "govvn-H52.01", "GOVVN-h52.01", "GOVVN- H52.01", "VATVN-H52.01", "GOVLA-H52.01",
                            "GOVVN05-H52.01", "GOVVN+-H52.01", "GOVVN+ABCD-H52.01", ""})
    EXPECT_FALSE(names_agency(other, agency)) << other;
  EXPECT_FALSE(names_agency("GOVVN-", AgencyCode()));
}

}  // namespace
}  // namespace tram::trust
