// Log keys as they are given: with their node, and without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tramctl/temporary_folder.h"
#include "tramctl/durable_file.h"
#include "tramctl/trust_files.h"

namespace tram::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

AgencyCode code(const char* text) { return AgencyCode::parse(text).value(); }

log::VerifierKey key_of(const std::string& log) {
  return log::VerifierKey::make(log, trust::Ed25519PrivateKey::generate().value().public_key()).value();
}

class LogKeys : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(write_durably(folder_ / name, text, folder_ / "new"));
    return folder_ / name;
  }

  const TemporaryFolder folder_;
  const log::VerifierKey h52_ = key_of("h52.example/log"), g09_ = key_of("g09.example/log");
};

TEST_F(LogKeys, AreGivenThemselvesOrInFiles) {
  const auto read = read_logs({h52_.vkey(), file("g09.vkey", g09_.vkey() + "\n")});
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_THAT(read->keys, ElementsAre(h52_, g09_));
  EXPECT_THAT(read->owners, IsEmpty());
}

TEST_F(LogKeys, MayNameTheirNodeAndWhomItServes) {
  const auto read =
      read_logs({"000.00.00.H52=" + h52_.vkey(), "G09,A05,B12.03=" + file("g09.vkey", g09_.vkey())});
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_THAT(read->keys, ElementsAre(h52_, g09_));
  EXPECT_EQ(read->owners.at("h52.example/log"), (evidence::LogOwner{code("H52"), {}}));
  EXPECT_EQ(read->owners.at("g09.example/log"),
            (evidence::LogOwner{code("G09"), {code("A05"), code("B12.03")}}));
}

TEST_F(LogKeys, EveryLogOfAFileIsTheNodes) {
  const log::VerifierKey restored = key_of("h52.example/log-2"), renewed = key_of("h52.example/log");
  const auto read = read_logs(
      {"H52,A05=" + file("all", h52_.vkey() + "\n" + restored.vkey() + "\n\n" + renewed.vkey() + "\n")});
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_THAT(read->keys, ElementsAre(h52_, restored, renewed));
  const evidence::LogOwner owner{code("H52"), {code("A05")}};
  EXPECT_THAT(read->owners,
              ElementsAre(std::pair("h52.example/log", owner), std::pair("h52.example/log-2", owner)));
}

TEST_F(LogKeys, GivenAgainAddUp) {
  const auto read = read_logs({h52_.vkey(), "H52=" + h52_.vkey(), "H52,A05=" + h52_.vkey()});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->owners.at("h52.example/log"), (evidence::LogOwner{code("H52"), {code("A05")}}));
  const auto torn = read_logs({"H52=" + h52_.vkey(), "G09=" + h52_.vkey()});
  ASSERT_FALSE(torn);
  EXPECT_EQ(torn.error().reason, "LOG_OF_TWO_NODES");
  EXPECT_THAT(torn.error().message, HasSubstr("h52.example/log"));
}

TEST_F(LogKeys, WhatIsNoAgencyCodeIsPartOfTheKey) {
  const auto expect_split = [](const std::string& given, const std::string& owner, const std::string& key) {
    const LogKeyArgument found = split_log_key(given);
    EXPECT_EQ(found.owner, owner) << given;
    EXPECT_EQ(found.key, key) << given;
  };
  expect_split("log.vkey", "", "log.vkey");
  expect_split("H52=log.vkey", "H52", "log.vkey");
  expect_split("H52,A05=a=b.vkey", "H52,A05", "a=b.vkey");
  expect_split("./H52=log.vkey", "", "./H52=log.vkey");
  for (const char* whole : {"h52=x", "=x", ",H52=x", "H52,=x", "H52,,A05=x", "H52 =x", "H52.=x"})
    expect_split(whole, "", whole);
  const std::string pathological = key_of("H52=log").vkey();
  expect_split(pathological, "", pathological);
  // Base64 may end in '='.
  const std::string vkey = h52_.vkey();
  expect_split(vkey, "", vkey);
  expect_split("H52=" + vkey, "H52", vkey);
}

TEST_F(LogKeys, WhatCannotBeReadIsNamed) {
  const auto missing = read_logs({"H5=" + folder_.path() + "/missing"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason, "FILE_UNREADABLE");
  EXPECT_THAT(missing.error().remedy, HasSubstr("H52=log.vkey"));
  const std::string bad = file("bad", h52_.vkey() + "\nno key\n");
  const auto malformed = read_logs({"H52=" + bad});
  ASSERT_FALSE(malformed);
  EXPECT_THAT(malformed.error().message, HasSubstr(bad));
}

}  // namespace
}  // namespace tram::client
