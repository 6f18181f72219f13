#include "tramd/config.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/tramd/config_fixture.h"

namespace tram::daemon {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() { write_files(folder_); }
  ConfigReading read(const std::string& text) { return read_config_text(text, folder_ / "tramd.toml"); }
  /// The one problem of the example with `from` replaced by `to`.
  std::string only_problem(const std::string& from, const std::string& to) {
    const ConfigReading reading = read(replaced(example(), from, to));
    if (reading.problems.size() != 1) return "not one problem:\n" + reading.report();
    return reading.problems[0].text();
  }
  Folder folder_;
};

TEST_F(ConfigTest, TheExampleIsGood) {
  const ConfigReading reading = read(example());
  ASSERT_TRUE(reading.ok()) << reading.report();
  EXPECT_THAT(reading.problems, IsEmpty()) << reading.report();
  const Config& config = *reading.config;
  EXPECT_EQ(config.node.code.text(), "H52");
  EXPECT_EQ(config.node.name, "Sơn La");
  EXPECT_EQ(config.node.data, folder_ / "data");
  EXPECT_EQ(config.listen.http, (Endpoint{"127.0.0.1", 7480}));
  EXPECT_EQ(config.tls.key, folder_ / "tls/node.key");
  EXPECT_EQ(config.log.checkpoint_interval, std::chrono::milliseconds(250));
  EXPECT_EQ(config.seal_of_node.agency.text(), "H52");
  ASSERT_EQ(config.links.size(), 1U);
  ASSERT_EQ(config.links[0].prefixes.size(), 1U);
  EXPECT_TRUE(config.links[0].prefixes[0].empty());
  EXPECT_EQ(config.links[0].certificate.file, folder_ / "peers/G22.pem");
  EXPECT_EQ(config.links[0].certificate.sha256, Sha256::of(BytesView("\x30\x03\x07\x01\x00", 5)));
  ASSERT_EQ(config.known_logs.size(), 2U);
  EXPECT_EQ(config.known_logs[0].agencies, std::vector{*AgencyCode::parse("G22")});  // by default
  EXPECT_EQ(config.known_logs[1].vkey, kVkey);
  EXPECT_EQ(config.known_logs[1].agencies, std::vector{*AgencyCode::parse("G09")});
  EXPECT_EQ(config.aliases[0].old.text(), "H53.14");
  EXPECT_THAT(reading.report(), HasSubstr("axis: G22 at 127.0.0.1:7444, behind it *"));
  EXPECT_THAT(reading.report(), HasSubstr("0 errors, 0 warnings"));
}

TEST_F(ConfigTest, RetentionsAndTheReserveFitTogether) {
  EXPECT_THAT(only_problem("record_days = 3650", "record_days = 31"), HasSubstr("retention.record_days"));
  EXPECT_THAT(only_problem("content_days = 90", "content_days = 4000"),
              HasSubstr("retention.record_days: is less than content_days"));
  EXPECT_THAT(only_problem("low_bytes = 1073741824", "low_bytes = 1000"),
              HasSubstr("disk.reserve_bytes: is more than low_bytes"));
  EXPECT_TRUE(read(replaced(example(), "reserve_bytes = 67108864", "reserve_bytes = 0")).ok());
}

TEST_F(ConfigTest, TheExampleShowsEveryKey) {
  const std::string text = example();
  std::set<std::string> shown;
  std::istringstream lines(text);
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("[[")) {
      section = line.substr(2, line.find(']') - 2) + "[]";
      shown.insert(section.substr(0, section.size() - 2));
    } else if (line.starts_with("[")) {
      section = line.substr(1, line.find(']') - 1);
      shown.insert(section);
    } else if (!line.empty() && line[0] >= 'a' && line[0] <= 'z') {
      shown.insert(section + "." + line.substr(0, line.find(' ')));
    }
  }
  const std::vector<std::string> known = known_keys();
  EXPECT_EQ(shown, std::set<std::string>(known.begin(), known.end()));
}

TEST_F(ConfigTest, TheExampleStatesTheDefaults) {
  const Config config = *read(example()).config;
  const LimitsConfig limits;
  const LoggingConfig logging;
  EXPECT_EQ(config.limits.inline_bytes, limits.inline_bytes);
  EXPECT_EQ(config.limits.attachment_bytes, limits.attachment_bytes);
  EXPECT_EQ(config.limits.message_recipients, limits.message_recipients);
  EXPECT_EQ(config.limits.message_attachments, limits.message_attachments);
  EXPECT_EQ(config.limits.upload_bytes_per_client, limits.upload_bytes_per_client);
  EXPECT_EQ(config.limits.memory_bytes, limits.memory_bytes);
  EXPECT_EQ(config.logging.rotate_bytes, logging.rotate_bytes);
  EXPECT_EQ(config.logging.rotate_files, logging.rotate_files);
  EXPECT_EQ(config.logging.level, logging.level);
  EXPECT_EQ(config.log.checkpoint_interval, LogConfig().checkpoint_interval);
  EXPECT_EQ(config.quota.documents_per_minute, QuotaConfig().documents_per_minute);
  EXPECT_EQ(config.quota.bytes_in_flight, QuotaConfig().bytes_in_flight);
  EXPECT_EQ(config.grace_seconds, Config().grace_seconds);
  EXPECT_EQ(config.alarms.link_down_seconds, AlarmsConfig().link_down_seconds);
  EXPECT_EQ(config.alarms.inbox_minutes, AlarmsConfig().inbox_minutes);
  EXPECT_EQ(config.alarms.certificate_days, AlarmsConfig().certificate_days);
}

// Beyond that no log entry can hold it, and no other node takes it.
TEST_F(ConfigTest, AMessageHasNoMoreRecipientsAndAttachmentsThanTheFormat) {
  EXPECT_THAT(only_problem("message_recipients = 1000 ", "message_recipients = 1001 "),
              HasSubstr("limits.message_recipients"));
  EXPECT_THAT(only_problem("message_attachments = 100 ", "message_attachments = 101 "),
              HasSubstr("limits.message_attachments"));
}

TEST_F(ConfigTest, AQuotaForASystemTakesWhatItLeavesOutFromTheQuotaOfAll) {
  const std::string text = replaced(example(), "documents_per_minute = 60000\n", "");
  const ConfigReading reading = read(text);
  ASSERT_TRUE(reading.ok()) << reading.report();
  const QuotaConfig& one = reading.config->quotas_for.at(0);
  EXPECT_EQ(one.agency.text(), "H52.01");
  EXPECT_EQ(one.system, "qlvb-01");
  EXPECT_EQ(one.documents_per_minute, 120'000U);
  EXPECT_EQ(one.bytes_in_flight, 67'108'864U);
  EXPECT_THAT(read(example() + "[[quota_for]]\nagency = \"H52.01\"\nsystem = \"qlvb-01\"\n").report(),
              HasSubstr("stands already at line"));
}

TEST_F(ConfigTest, AWebhookIsAPlainAddress) {
  const std::string good = "http://127.0.0.1:9099/alarms";
  EXPECT_THAT(only_problem(good, "https://127.0.0.1/"),
              HasSubstr("alarms.webhook: it does not begin with http://"));
  EXPECT_THAT(only_problem(good, "http://192.0.2.7/"),
              HasSubstr("warning: alarms.webhook: alarms leave this machine"));
  EXPECT_THAT(read(example()).report(), HasSubstr("to http://127.0.0.1:9099/alarms"));
}

TEST_F(ConfigTest, AnUnknownKeyIsNamedWithTheNearest) {
  EXPECT_EQ(only_problem("workers = 2", "worker = 2"),
            (folder_ / "tramd.toml").string() + ":" + std::to_string(line_of(example(), "workers = 2")) +
                ": error: threads.worker: is not a known key; did you mean \"workers\"?");
  EXPECT_THAT(only_problem("[threads]", "[zzzzzzzzzzzz]"),
              HasSubstr("zzzzzzzzzzzz: is not a known key; known here: alarms, alias, "));
  EXPECT_THAT(only_problem("name = \"axis\"", "name = \"axis\"\nadress = \"a:1\""),
              HasSubstr("link[0].adress: is not a known key; did you mean \"address\"?"));
}

TEST_F(ConfigTest, EveryErrorIsReportedAtOnce) {
  const ConfigReading reading = read("[node]\ncode = \"h52\"\nname = 5\n[listen]\nhttp = \"0.0.0.0:80\"\n");
  EXPECT_FALSE(reading.ok());
  const std::string report = reading.report();
  for (const char* part :
       {":2: error: node.code: \"h52\" is not an agency code", ":3: error: node.name: is not a text",
        ": error: node.data: is missing; add it", ":5: error: listen.http: 0.0.0.0 can be reached by others",
        "tls.certificate: is missing", "trust.roots: is missing", "log.key: is missing",
        "seal_of_node.key: is missing"})
    EXPECT_THAT(report, HasSubstr(part));
}

TEST_F(ConfigTest, BadTomlNamesItsLine) {
  const ConfigReading reading = read("[node]\ncode = \"H52\n");
  ASSERT_EQ(reading.problems.size(), 1U);
  EXPECT_EQ(reading.problems[0].line, 2U);
  EXPECT_THAT(reading.problems[0].remedy, HasSubstr("correct the TOML"));
}

TEST_F(ConfigTest, KindsRangesAndForms) {
  EXPECT_THAT(only_problem("workers = 2", "workers = 0"),
              HasSubstr("threads.workers: 0 is out of range; write 1 to 256"));
  EXPECT_THAT(only_problem("workers = 2", "workers = \"2\""), HasSubstr("is not a whole number"));
  EXPECT_THAT(only_problem("checkpoint_interval_ms = 250", "checkpoint_interval_ms = -1"),
              HasSubstr("out of range"));
  EXPECT_THAT(only_problem("http_beyond_loopback = false", "http_beyond_loopback = 0"),
              HasSubstr("neither true nor false"));
  EXPECT_THAT(only_problem("prefixes = [\"*\"]", "prefixes = \"*\""),
              HasSubstr("link[0].prefixes: is not a list"));
  EXPECT_THAT(only_problem("prefixes = [\"*\"]", "prefixes = []"), HasSubstr("is an empty list"));
  EXPECT_THAT(only_problem("name = \"axis\"", "name = \"The axis\""), HasSubstr("is not a link name"));
  EXPECT_THAT(only_problem("127.0.0.1:7444", "127.0.0.1:70000"),
              HasSubstr("link[0].address: \"70000\" is not a port"));
  EXPECT_THAT(only_problem("127.0.0.1:7444", "127.0.0.1:0"), HasSubstr("has port 0"));
  EXPECT_THAT(only_problem("level = \"info\"", "level = \"inf\""), HasSubstr("did you mean \"info\"?"));
  EXPECT_THAT(only_problem("127.0.0.1:7480", "127.0.0.1:7443"), HasSubstr("same address as grpc"));
  EXPECT_THAT(only_problem("origin = \"tram.sonla", "origin = \"tram sonla"),
              HasSubstr("log.origin: has white space"));
  EXPECT_THAT(only_problem("[[registrar]]", "[registrar]"), HasSubstr("write each as [[registrar]]"));
}

TEST_F(ConfigTest, FilesMustBeThereAndOfTheirKind) {
  EXPECT_THAT(only_problem("tls/node.pem", "tls/none.pem"),
              HasSubstr("tls.certificate: " + (folder_ / "tls/none.pem").string() + " does not exist"));
  EXPECT_THAT(only_problem("tls/node.pem", "tls/node.key"), HasSubstr("holds no PEM certificate"));
  EXPECT_THAT(only_problem("key = \"tls/node.key\"", "key = \"tls/node.pem\""),
              HasSubstr("holds no PEM private key"));
  EXPECT_THAT(only_problem("\"peers/G22.pem\"", "\"sha256:12\""), HasSubstr("is not a SHA-256 fingerprint"));
  EXPECT_THAT(only_problem("vkey_file = \"peers/G09.vkey\"", "vkey_file = \"registrar.pem\""),
              HasSubstr("known_log[1].vkey_file: "));
  EXPECT_THAT(only_problem("vkey_file = \"peers/G09.vkey\"", ""),
              HasSubstr("exactly one of vkey and vkey_file"));
}

TEST_F(ConfigTest, AFingerprintIsAsGoodAsAFile) {
  const std::string hex(64, 'a');
  const ConfigReading reading = read(replaced(example(), "\"peers/G22.pem\"", "\"sha256:" + hex + "\""));
  ASSERT_TRUE(reading.ok()) << reading.report();
  EXPECT_EQ(reading.config->links[0].certificate.sha256.hex(), hex);
  EXPECT_TRUE(reading.config->links[0].certificate.file.empty());
}

TEST_F(ConfigTest, AKeyThatOthersReadIsAWarning) {
  folder_.write("tls/node.key", kKeyPem, 0644);
  const ConfigReading reading = read(example());
  EXPECT_TRUE(reading.ok());
  ASSERT_EQ(reading.problems.size(), 1U) << reading.report();
  EXPECT_EQ(reading.problems[0].severity, Problem::Severity::warning);
  EXPECT_EQ(reading.problems[0].key, "tls.key");
}

TEST_F(ConfigTest, Duplicates) {
  const std::string second =
      "[[link]]\nname = \"axis\"\nnode = \"G22\"\naddress = \"b:1\"\nprefixes = [\"*\", \"H52\"]\n"
      "certificate = \"peers/G22.pem\"\n";
  const std::string report = read(example() + second).report();
  const std::string first_line = std::to_string(line_of(example(), "name = \"axis\""));
  EXPECT_THAT(report, HasSubstr("link[1].name: \"axis\" stands already at line " + first_line));
  EXPECT_THAT(report, HasSubstr("link[1].node: G22 stands already"));
  EXPECT_THAT(report, HasSubstr("link[1].prefixes: \"*\" stands already"));
  EXPECT_THAT(report, HasSubstr("link[1].prefixes: H52 is also in node.authoritative"));
  EXPECT_THAT(report, HasSubstr("link[1].certificate: this certificate stands already"));
  EXPECT_THAT(report, HasSubstr("5 errors"));
}

TEST_F(ConfigTest, WhatOnlyTheWholeShows) {
  EXPECT_THAT(only_problem("agency = \"H52.01\"", "agency = \"H53.01\""),
              HasSubstr("H53.01 is not within node.authoritative"));
  EXPECT_THAT(only_problem("node = \"G22\"\nvkey", "node = \"G21\"\nvkey"),
              HasSubstr("none for G22: its receipts cannot be verified"));
  EXPECT_THAT(only_problem("code = \"H52.14\"", "code = \"H53.14\""), HasSubstr("same code as old"));
  EXPECT_THAT(read(example() + "[[alias]]\nold = \"H51\"\ncode = \"H53.14\"\n").report(),
              HasSubstr("itself an alias"));
}

TEST_F(ConfigTest, AMissingFileIsAnError) {
  const ConfigReading reading = read_config(folder_ / "none.toml");
  EXPECT_FALSE(reading.ok());
  EXPECT_THAT(reading.report(), HasSubstr("none.toml: error: does not exist"));
}

TEST(Endpoints, Parse) {
  EXPECT_EQ(parse_endpoint("[::1]:7443")->text(), "[::1]:7443");
  EXPECT_EQ(*parse_endpoint("axis.gov.vn:1"), (Endpoint{"axis.gov.vn", 1}));
  for (const char* bad :
       {"", "host", "host:", ":1", "host:x", "host:-1", "host:65536", "::1:80", "[x]:1", "a b:1"})
    EXPECT_FALSE(parse_endpoint(bad)) << bad;
}

TEST(Endpoints, Loopback) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"0.0.0.0", "10.0.0.1", "::", "example.vn"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace
}  // namespace tram::daemon
