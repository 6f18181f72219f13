// Explicit mappings of certificates to agencies.
#include "tramctl/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tramctl/arguments.h"

namespace tram::client {
namespace {

using testing::HasSubstr;

const std::string kHex = Sha256::of("a certificate").hex();

std::string as_openssl_prints(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    out += out.empty() ? "" : ":";
    for (const char c : hex.substr(i, 2))
      out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

TEST(Mapping, IsAFingerprintAndAnAgency) {
  for (const std::string& written : {kHex, as_openssl_prints(kHex)}) {
    const auto mapping = mapping_from(written + "=000.00.01.H52");
    ASSERT_TRUE(mapping) << mapping.error().text();
    EXPECT_EQ(mapping->certificate, Sha256::of("a certificate"));
    EXPECT_EQ(mapping->agency.text(), "H52.01");
  }
}

TEST(Mapping, AWrongOneSaysWhatToWrite) {
  const std::string colons = as_openssl_prints(kHex);
  const std::vector<std::string> all{"",
                                     kHex,
                                     kHex + "=",
                                     kHex + "=nobody",
                                     "=H52.01",
                                     "agency.pem=H52.01",
                                     kHex.substr(1) + "=H52.01",
                                     ":" + kHex + "=H52.01",
                                     colons + ":=H52.01",
                                     colons.substr(1) + "=H52.01"};
  for (const std::string& wrong : all) {
    const auto mapping = mapping_from(wrong);
    ASSERT_FALSE(mapping) << wrong;
    EXPECT_EQ(mapping.error().field, "--mapping") << wrong;
    EXPECT_FALSE(mapping.error().remedy.empty()) << wrong;
    EXPECT_TRUE(is_usage(mapping.error())) << wrong;
  }
}

TEST(Mapping, HoldsForThatCertificateAndThatAgencyAlone) {
  const AgencyCode one = *AgencyCode::parse("H52.01"), two = *AgencyCode::parse("H52.05");
  const auto all = all_mappings({{Sha256::of("a"), one}}, {Sha256::of("b").hex() + "=H52.05"});
  ASSERT_TRUE(all);
  const trust::Mapping mapped = as_trusted(*all);
  EXPECT_TRUE(mapped(Sha256::of("a"), one));
  EXPECT_TRUE(mapped(Sha256::of("b"), two));
  EXPECT_FALSE(mapped(Sha256::of("a"), two));
  EXPECT_FALSE(mapped(Sha256::of("c"), one));
  EXPECT_FALSE(all_mappings({}, {"x"}));
}

TEST(MappingHint, SaysWhatToWriteForAForeignCertificateAlone) {
  Verdict verdict;
  verdict.agency = *AgencyCode::parse("H52.01");
  verdict.certificate = Sha256::of("a certificate");
  EXPECT_EQ(mapping_hint(verdict), "");
  verdict.causes = {failure(ErrorCode::failed_precondition, "CHAIN_INVALID", "no")};
  EXPECT_EQ(mapping_hint(verdict), "");
  verdict.causes.push_back(failure(ErrorCode::failed_precondition, "FOREIGN_AGENCY", "no"));
  EXPECT_THAT(mapping_hint(verdict), HasSubstr("--mapping " + kHex + "=H52.01"));
  verdict.signed_by = SignedBy::node;
  verdict.node = *AgencyCode::parse("G09");
  EXPECT_THAT(mapping_hint(verdict), HasSubstr(kHex + "=G09"));
}

}  // namespace
}  // namespace tram::client
