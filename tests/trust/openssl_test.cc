// Against the openssl command line: what we export it accepts, what it signs we accept.
#include "tests/trust/fixtures.h"
#include "trust/cms.h"

namespace tram::trust {
namespace {

using test::certificate;

class Openssl : public ::testing::TestWithParam<const char*> {};

std::string verify_command(const test::Folder& folder, Timestamp at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  return "openssl cms -verify -binary -cades -purpose any -inform DER -in " + (folder / "signature.p7s") +
         " -content " + (folder / "content") + " -CAfile " + test::path("pki/roots.pem") + " -attime " +
         std::to_string(seconds) + " -out /dev/null";
}

TEST_P(Openssl, AcceptsWhatWeExport) {
  const test::Signed document(GetParam());
  const test::Folder folder;
  folder.write("content", test::kContent);
  folder.write(
      "signature.p7s",
      with_certificates(document.signature, {document.claim.certificate, test::agencies_ca()}).value());
  std::string said;
  EXPECT_TRUE(test::run(verify_command(folder, test::now()), &said)) << said;
  folder.write("content", "other");
  EXPECT_FALSE(test::run(verify_command(folder, test::now())));
}

TEST_P(Openssl, WritesTheSameBytesAsOurExport) {
  const test::Signed document(GetParam());
  const Bytes exported =
      with_certificates(document.signature, {document.claim.certificate, test::agencies_ca()}).value();
  const test::Folder folder;
  folder.write("signature.p7s", exported);
  ASSERT_TRUE(test::run("openssl cms -cmsout -inform DER -outform DER -in " + (folder / "signature.p7s") +
                        " -out " + (folder / "again.p7s")));
  EXPECT_TRUE(test::run("cmp " + (folder / "signature.p7s") + " " + (folder / "again.p7s")));
}

// openssl signs with the time of day, which may lie outside nothing: the certificates were made just now.
TEST_P(Openssl, SignaturesAreReadAndJudged) {
  const test::Folder folder;
  folder.write("content", test::kContent);
  for (const std::string& options : {std::string(), std::string(" -keyid")}) {
    std::string said;
    ASSERT_TRUE(test::run("openssl cms -sign -binary -cades -nosmimecap -md sha256 -outform DER -in " +
                              (folder / "content") + " -signer " + test::path(GetParam()) + ".crt -inkey " +
                              test::path(GetParam()) + ".key -out " + (folder / "made.p7s") + options,
                          &said))
        << said;
    std::string made;
    ASSERT_TRUE(test::run("cat " + (folder / "made.p7s"), &made));
    const auto stripped = strip_certificates(made);
    ASSERT_TRUE(stripped) << options;
    ASSERT_EQ(stripped->certificates.size(), 1U);
    EXPECT_EQ(stripped->certificates[0], certificate(GetParam())->der());
    SignatureToVerify claim = test::claim_about(GetParam());
    claim.signature = stripped->signature;
    claim.signed_at = inspect(stripped->signature)->signing_time;
    const Verdict verdict = test::verifier().verify(claim);
    EXPECT_TRUE(verdict.good()) << test::text_of(verdict);
    EXPECT_EQ(with_certificates(stripped->signature, {claim.certificate}).value(), made);
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, Openssl, ::testing::Values("p256", "rsa2048", "rsa3072", "rsa4096"));

TEST(OpensslWeak, ASignatureByAWeakKeyIsRefusedThoughItIsRight) {
  const test::Folder folder;
  folder.write("content", test::kContent);
  std::string said;
  ASSERT_TRUE(test::run("openssl cms -sign -binary -cades -nosmimecap -md sha256 -outform DER -in " +
                            (folder / "content") + " -signer " + test::path("rsa1024.crt") + " -inkey " +
                            test::path("rsa1024.key") + " -out " + (folder / "made.p7s"),
                        &said))
      << said;
  std::string made;
  ASSERT_TRUE(test::run("cat " + (folder / "made.p7s"), &made));
  const Bytes wire = strip_certificates(made).value().signature;
  SignatureToVerify claim = test::claim_about("rsa1024");
  claim.signature = wire;
  claim.signed_at = inspect(wire)->signing_time;
  const Verdict verdict = test::verifier().verify(claim);
  EXPECT_EQ(verdict.signature, CheckState::good);
  EXPECT_THAT(test::reasons(verdict.causes), ::testing::ElementsAre("KEY_TOO_WEAK"));
}

// Without -cades there is no signing-certificate-v2: nothing binds the certificate.
TEST(OpensslWeak, ASignatureWithoutCertificateBindingIsRefused) {
  const test::Folder folder;
  folder.write("content", test::kContent);
  ASSERT_TRUE(test::run("openssl cms -sign -binary -nosmimecap -md sha256 -outform DER -in " +
                        (folder / "content") + " -signer " + test::path("p256.crt") + " -inkey " +
                        test::path("p256.key") + " -out " + (folder / "made.p7s")));
  std::string made;
  ASSERT_TRUE(test::run("cat " + (folder / "made.p7s"), &made));
  EXPECT_FALSE(strip_certificates(made));
}

}  // namespace
}  // namespace tram::trust
