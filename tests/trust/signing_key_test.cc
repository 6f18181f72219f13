#include "trust/signing_key.h"

#include <sys/stat.h>

#include "tests/trust/fixtures.h"
#include "trust/cms.h"

namespace tram::trust {
namespace {

using test::certificate;
using test::kContent;
using test::now;

Error load_error(const std::string& key_pem, const std::string& certificate_pem) {
  const auto key = SigningKey::load(key_pem, certificate_pem);
  return key ? Error{} : key.error();
}

TEST(SigningKey, SignsInWireForm) {
  for (const char* name : {"p256", "rsa2048", "rsa3072", "rsa4096"}) {
    const auto signature = test::key(name).sign(kContent, now());
    ASSERT_TRUE(signature) << name;
    const auto parts = inspect(*signature);
    ASSERT_TRUE(parts) << name;
    EXPECT_EQ(parts->content, Sha256::of(kContent));
    EXPECT_EQ(parts->certificate, certificate(name)->sha256());
    EXPECT_EQ(parts->signing_time, std::chrono::floor<std::chrono::seconds>(now()));
    EXPECT_TRUE(parts->certificates.empty());
    EXPECT_EQ(parts->algorithm, std::string(name) == "p256" ? SignatureAlgorithm::ecdsa_sha256
                                                            : SignatureAlgorithm::rsa_sha256);
  }
}

TEST(SigningKey, RefusesAnotherKeysCertificate) {
  EXPECT_EQ(load_error(test::read("p256.key"), test::read("other-agency.crt")).reason,
            "KEY_CERTIFICATE_MISMATCH");
  EXPECT_EQ(load_error(test::read("p256.key"), test::read("rsa2048.crt")).reason, "KEY_CERTIFICATE_MISMATCH");
}

TEST(SigningKey, RefusesKeysOutsideTheProfile) {
  EXPECT_EQ(load_error(test::read("rsa1024.key"), test::read("rsa1024.crt")).reason, "KEY_TOO_WEAK");
  EXPECT_EQ(load_error(test::read("p384.key"), test::read("p384.crt")).reason, "KEY_NOT_SUPPORTED");
}

TEST(SigningKey, RefusesWhatIsNoKeyOrCertificate) {
  EXPECT_EQ(load_error("", test::read("p256.crt")).reason, "KEY_MALFORMED");
  EXPECT_EQ(load_error(test::read("p256.crt"), test::read("p256.crt")).reason, "KEY_MALFORMED");
  EXPECT_EQ(load_error(test::read("p256.key"), "").reason, "CERTIFICATE_MALFORMED");
}

TEST(SigningKey, RefusesAnEncryptedKeyWithoutAskingForItsPassphrase) {
  const test::Folder folder;
  ASSERT_TRUE(test::run("openssl pkey -aes256 -passout pass:x -in " + test::path("p256.key") + " -out " +
                        (folder / "encrypted.key")));
  const auto key = SigningKey::load_files(folder / "encrypted.key", test::path("p256.crt"));
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, "KEY_MALFORMED");
}

TEST(SigningKey, RefusesAKeyFileThatEveryUserMayRead) {
  const test::Folder folder;
  const std::string file = folder.write("key", test::read("p256.key"));
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  const auto exposed = SigningKey::load_files(file, test::path("p256.crt"));
  ASSERT_FALSE(exposed);
  EXPECT_EQ(exposed.error().reason, "KEY_FILE_EXPOSED");
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  EXPECT_TRUE(SigningKey::load_files(file, test::path("p256.crt")));
  const auto absent = SigningKey::load_files(folder / "absent", test::path("p256.crt"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().reason, "FILE_UNREADABLE");
}

TEST(SigningKey, RefusesToSignOutsideItsValidity) {
  const SigningKey expired = test::key("expired");
  EXPECT_TRUE(expired.sign(kContent, test::noon(2020, 6, 1)));
  EXPECT_TRUE(expired.sign(kContent, expired.certificate()->not_before()));
  const auto late = expired.sign(kContent, expired.certificate()->not_after());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason, "CERTIFICATE_EXPIRED");
  EXPECT_EQ(late.error().code, ErrorCode::failed_precondition);
  const auto early = test::key("not-yet-valid").sign(kContent, now());
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().reason, "CERTIFICATE_NOT_YET_VALID");
}

}  // namespace
}  // namespace tram::trust
