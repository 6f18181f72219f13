// What is said of the files with certificates.
#include "tramd/certificate_watch.h"

#include <filesystem>

#include "tests/trust/fixtures.h"

namespace tram::daemon {
namespace {

namespace fixtures = trust::test;

class CertificateFilesTest : public testing::Test {
 protected:
  CertificateFilesTest() {
    config_.tls.certificate = folder_.write("tls.crt", fixtures::read("p256.crt"));
    config_.seal_of_node.certificate = folder_.write("seal.crt", fixtures::read("rsa2048.crt"));
    in_use_ = certificate_files(config_);
  }
  std::vector<exchange::AlarmCondition> look(Timestamp before = fixtures::now()) {
    return expiring_certificates(config_, in_use_, before);
  }

  const fixtures::Folder folder_;
  Config config_;
  CertificateFiles in_use_;
};

TEST_F(CertificateFilesTest, ThoseThatLastAreNotMentioned) { EXPECT_TRUE(look().empty()); }

TEST_F(CertificateFilesTest, ThoseThatEndSoonAre) {
  const auto found = look(fixtures::noon(2200, 1, 1));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].subject, "TLS certificate of this node");
  EXPECT_NE(found[0].detail.find("is valid until"), std::string::npos) << found[0].detail;
}

TEST_F(CertificateFilesTest, OneThatWasReplacedIsInUseUntilTheRestart) {
  folder_.write("seal.crt", fixtures::read("renewed.crt"));
  const auto found = look();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].subject, "seal of this node");
  EXPECT_NE(found[0].detail.find("until it is restarted"), std::string::npos) << found[0].detail;
  in_use_ = certificate_files(config_);  // as after the restart
  EXPECT_TRUE(look().empty());
}

TEST_F(CertificateFilesTest, OneThatWentAwayIs) {
  std::filesystem::remove(folder_ / "seal.crt");
  EXPECT_EQ(look().size(), 1U);
}

}  // namespace
}  // namespace tram::daemon
