// What certs/make-pki and certs/issue make is what the exchange takes.
#include <filesystem>

#include "base/encoding.h"
#include "tests/trust/fixtures.h"
#include "trust/ed25519.h"

namespace tram::trust {
namespace {

const std::string kIssue = TRAM_SOURCE_DIR "/certs/issue ";

std::string issue(const test::Folder& folder, const std::string& what) {
  std::string said;
  EXPECT_TRUE(test::run(kIssue + (folder / "pki") + " " + what, &said)) << said;
  return said;
}

std::string contents(const std::string& file) {
  std::string out;
  EXPECT_TRUE(test::run("cat " + file, &out)) << out;
  return out;
}

class Pki : public ::testing::Test {
 protected:
  Pki() {
    std::string said;
    EXPECT_TRUE(test::run(TRAM_SOURCE_DIR "/certs/make-pki " + (folder_ / "pki") + " --bare", &said)) << said;
  }
  std::string file(const std::string& name) const { return contents(folder_ / "pki/" + name); }
  [[nodiscard]] Verifier verifier() const {
    return Verifier(Certificate::read_pem_bundle(file("roots.pem")).value(),
                    Certificate::read_pem_bundle(file("intermediates.pem")).value());
  }
  // Judged an hour on: the certificates were made just now.
  SignatureToVerify about(const std::string& name) const {
    SignatureToVerify claim;
    claim.certificate = Certificate::from_pem(file(name)).value();
    claim.judged_at = claim.certificate->not_before() + std::chrono::hours(1);
    return claim;
  }
  test::Folder folder_;
};

TEST_F(Pki, SealsSpeakForTheirAgencies) {
  issue(folder_, "seal H52.01");
  issue(folder_, "seal H52.05 --rsa 2048");
  for (const char* agency : {"H52.01", "H52.05"}) {
    const std::string seal = folder_ / "pki/seals/" + agency;
    ASSERT_TRUE(SigningKey::load_files(seal + ".key", seal + ".crt"));
    SignatureToVerify claim = about("seals/" + std::string(agency) + ".crt");
    claim.agency = test::code(agency);
    const Verdict verdict = verifier().judge_certificate(claim);
    EXPECT_TRUE(verdict.causes.empty()) << test::text_of(verdict);
  }
}

TEST_F(Pki, ANodeGetsTlsASealAndALogKey) {
  const std::string printed = issue(folder_, "node sonla H52");
  EXPECT_EQ(sha256_fingerprint_of_pem(file("nodes/sonla.crt"))->hex() + "\n", printed);
  std::string said;
  EXPECT_TRUE(test::run("openssl verify -x509_strict -purpose sslserver -verify_ip 127.0.0.1 -CAfile " +
                            (folder_ / "pki/roots.pem") + " -untrusted " + (folder_ / "pki/nodes/sonla.crt") +
                            " " + (folder_ / "pki/nodes/sonla.crt"),
                        &said))
      << said;
  SignatureToVerify claim = about("seals/node-H52.crt");
  claim.signed_by = SignedBy::node;
  claim.node = test::code("H52");
  claim.agency = test::code("H52.01");
  EXPECT_TRUE(verifier().judge_certificate(claim).causes.empty());

  const auto key = Ed25519PrivateKey::from_pem(file("nodes/sonla.log.key"));
  ASSERT_TRUE(key);
  const std::string typed = "\x01" + Bytes(key->public_key().bytes());
  const std::string origin = "H52.tram.example/log";
  const Digest id = Sha256::of(origin + "\n", typed);
  EXPECT_EQ(file("nodes/sonla.log.vkey"),
            origin + "+" + id.hex().substr(0, 8) + "+" + to_base64(typed) + "\n");
}

TEST_F(Pki, TlsCertificatesSignNoDocuments) {
  issue(folder_, "client qlvb-01");
  SignatureToVerify claim = about("clients/qlvb-01.crt");
  claim.agency = test::code("H52.01");
  claim.mapped = [](const Digest&, const AgencyCode&) { return true; };
  EXPECT_EQ(verifier().judge_certificate(claim).key_usage, CheckState::bad);
}

TEST_F(Pki, KeysAreTheOwnersAloneAndAreKept) {
  issue(folder_, "node sonla H52");
  issue(folder_, "client qlvb-01");
  const std::string before = contents(folder_ / "pki/clients/qlvb-01.crt");
  const std::string again = issue(folder_, "client qlvb-01");
  EXPECT_EQ(contents(folder_ / "pki/clients/qlvb-01.crt"), before);
  EXPECT_EQ(again, sha256_fingerprint_of_pem(before)->hex() + "\n");
  int keys = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "pki")) {
    if (entry.path().extension() != ".key") continue;
    ++keys;
    EXPECT_EQ(entry.status().permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << entry.path();
  }
  EXPECT_EQ(keys, 7) << "three CAs, TLS, log, node seal, client";
}

TEST_F(Pki, RefusesWhatItCannotIssue) {
  for (const char* wrong : {"seal h52", "seal 'H52/..'", "node ../x H52", "node x H5", "client ''",
                            "seal H52.01 --rsa 1024", "something H52", "seal"})
    EXPECT_FALSE(test::run(kIssue + (folder_ / "pki") + " " + wrong)) << wrong;
  EXPECT_FALSE(test::run(kIssue + (folder_ / "absent") + " seal H52.01"));
}

TEST(TestFixtures, RemoveNothingFromAFolderThatIsNotTheirs) {
  const test::Folder folder;
  const std::string make = TRAM_SOURCE_DIR "/certs/make-test-fixtures " + (folder / "mine");
  ASSERT_TRUE(test::run("mkdir " + (folder / "mine") + " && echo kept > " + (folder / "mine/lock") +
                        " && cp " + (folder / "mine/lock") + " " + (folder / "mine/letter")));
  std::string said;
  EXPECT_FALSE(test::run(make, &said));
  EXPECT_THAT(said, testing::HasSubstr(folder / "mine holds files that are not this script's"));
  EXPECT_EQ(contents(folder / "mine/letter"), "kept\n");
  EXPECT_EQ(contents(folder / "mine/lock"), "kept\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "mine/made"));
}

}  // namespace
}  // namespace tram::trust
