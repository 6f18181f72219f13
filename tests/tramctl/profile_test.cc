#include "tramctl/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tram::client {
namespace {

constexpr char kGood[] =
    "address = \"127.0.0.1:7443\"\n"
    "certificate = \"client.pem\"\n"
    "key = \"../keys/client.key\"\n"
    "roots = \"/etc/pki/roots.pem\"\n"
    "agency = \"000.00.01.H52\"\n"
    "node_name = \"localhost\"\n"
    "trust_roots = \"roots.pem\"\n"
    "log_keys = [\"a.vkey\", \"b.vkey\"]\n";

std::vector<std::string> messages(const Result<Profile>& read) {
  std::vector<std::string> out;
  for (const Error& cause : read.error().causes) out.push_back(cause.message);
  return out;
}

TEST(ProfileFile, PathsAreRelativeToIt) {
  const auto read = parse_profile(kGood, "clients/H52.01.toml");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->address, "127.0.0.1:7443");
  EXPECT_EQ(read->certificate, "clients/client.pem");
  EXPECT_EQ(read->key, "keys/client.key");
  EXPECT_EQ(read->roots, "/etc/pki/roots.pem");
  EXPECT_EQ(read->agency.text(), "H52.01");
  EXPECT_THAT(read->trust_roots, testing::ElementsAre("clients/roots.pem"));
  EXPECT_THAT(read->log_keys, testing::ElementsAre("clients/a.vkey", "clients/b.vkey"));
}

TEST(ProfileFile, LogKeysAreFilesOrKeysWithTheirNode) {
  const std::string vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  std::string text = kGood;
  text.replace(text.find("\"a.vkey\", \"b.vkey\""), 18,
               "\"H52=a.vkey\", \"G09,A05=/etc/b.vkey\", \"" + vkey + "\", \"G22=" + vkey + "\"");
  const auto read = parse_profile(text, "clients/H52.01.toml");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_THAT(read->log_keys,
              testing::ElementsAre("H52=clients/a.vkey", "G09,A05=/etc/b.vkey", vkey, "G22=" + vkey));
}

TEST(ProfileFile, EveryErrorNamesFileLineAndKey) {
  const auto read = parse_profile(
      "address = 7443\n"
      "certificate = \"\"\n"
      "key = \"k\"\n"
      "agency = \"nobody\"\n"
      "\n"
      "addres = \"x\"\n"
      "log_keys = [\"a\",\n 7]\n",
      "p.toml");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "PROFILE_INVALID");
  EXPECT_THAT(messages(read),
              testing::UnorderedElementsAre("p.toml:1: address is not a text",
                                            "p.toml:2: certificate is empty", "p.toml:1: roots is missing",
                                            "p.toml:4: agency \"nobody\" is not an agency code",
                                            "p.toml:6: addres is not a key of a profile",
                                            "p.toml:8: log_keys holds something that is not a path"));
}

TEST(ProfileFile, MappingsNameCertificateAndAgency) {
  const std::string hex = Sha256::of("a certificate").hex();
  const auto read = parse_profile(std::string(kGood) + "[[mapping]]\ncertificate = \"" + hex +
                                      "\"\nagency = \"H52.01\"\n[[mapping]]\ncertificate = \"" +
                                      std::string(64, 'A') + "\"\nagency = \"000.00.02.H52\"\n",
                                  "p.toml");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_THAT(read->mappings,
              testing::ElementsAre(
                  CertificateMapping{Sha256::of("a certificate"), *AgencyCode::parse("H52.01")},
                  CertificateMapping{*Digest::from_hex(std::string(64, 'a')), *AgencyCode::parse("H52.02")}));
}

TEST(ProfileFile, AMappingThatIsWrongNamesItsLine) {
  const auto read = parse_profile(
      std::string(kGood) + "[[mapping]]\ncertificate = \"agency.pem\"\nagent = \"H52.01\"\n", "p.toml");
  ASSERT_FALSE(read);
  EXPECT_THAT(messages(read), testing::UnorderedElementsAre(
                                  "p.toml:10: mapping.certificate is not the SHA-256 of a certificate",
                                  "p.toml:9: mapping.agency is missing",
                                  "p.toml:11: mapping.agent is not a key of a profile"));
  const auto no_table = parse_profile(std::string(kGood) + "mapping = \"x=H52.01\"\n", "p.toml");
  ASSERT_FALSE(no_table);
  EXPECT_THAT(messages(no_table), testing::ElementsAre("p.toml:9: mapping is not a list of tables"));
}

TEST(ProfileFile, WhatIsNotTomlNamesTheLine) {
  const auto read = parse_profile("address = \"a\"\nkey =\n", "p.toml");
  ASSERT_FALSE(read);
  ASSERT_EQ(messages(read).size(), 1U);
  EXPECT_THAT(messages(read)[0], testing::StartsWith("p.toml:2: "));
}

TEST(ProfileFile, OneThatIsMissingIsNamed) {
  const auto read = read_profile("/nonexistent/p.toml");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "FILE_UNREADABLE");
  EXPECT_THAT(read.error().message, testing::HasSubstr("/nonexistent/p.toml"));
}

}  // namespace
}  // namespace tram::client
