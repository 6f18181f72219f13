#include "tramd/logging.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>
#include <thread>

#include "tests/tramd/config_fixture.h"

namespace tram::daemon {
namespace {

using testing::Folder;
using ::testing::HasSubstr;

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return from_micros(1'790'000'000'123'456); }
  [[nodiscard]] SteadyTime steady_now() const override { return {}; }
};

class LoggingTest : public ::testing::Test {
 protected:
  std::unique_ptr<EventLog> open(LogOptions options = {}) {
    options.file = folder_ / "logs/tramd.log";
    return *EventLog::open(clock_, options);
  }
  std::vector<std::string> lines(const std::string& name = "tramd.log") {
    std::vector<std::string> out;
    std::ifstream in(folder_ / ("logs/" + name));
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  FixedClock clock_;
  Folder folder_;
};

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST_F(LoggingTest, OneObjectALine) {
  auto log = open();
  log->write(LogLevel::info, "committed",
             {{LogField::message, "m-1"},
              {LogField::sender, std::string("H52.01")},
              {LogField::stage, "commit"},
              {LogField::micros, Duration(412)},
              {LogField::peer, ""},
              {LogField::bytes, std::size_t{7}}});
  log.reset();
  EXPECT_THAT(lines(), ::testing::ElementsAre(
                           R"({"time":"2026-09-21T14:13:20.123456Z","level":"info","event":"committed",)"
                           R"("message":"m-1","sender":"H52.01","stage":"commit","micros":412,"bytes":7})"));
}

TEST_F(LoggingTest, ErrorsWithWhatToDo) {
  auto log = open();
  log->write(LogLevel::error, "link lost",
             failure(ErrorCode::unavailable, "PEER_AWAY", "no answer", "start it"),
             {{LogField::link, "axis"}});
  log.reset();
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_THAT(lines()[0],
              HasSubstr(R"("level":"error","event":"link lost","link":"axis","code":"UNAVAILABLE",)"
                        R"("reason":"PEER_AWAY","detail":"no answer","remedy":"start it"})"));
}

TEST_F(LoggingTest, EveryFieldHasItsOwnName) {
  auto log = open();
  for (std::size_t i = 0; i < kLogFields; ++i)
    log->write(LogLevel::info, "e", {{static_cast<LogField>(i), static_cast<int>(i)}});
  log.reset();
  std::set<std::string> keys;
  for (const std::string& line : lines()) {
    const boost::json::value object = boost::json::parse(line);
    for (const auto& member : object.as_object()) keys.insert(std::string(member.key()));
  }
  EXPECT_EQ(keys.size(), kLogFields + 3);  // time, level, event
  for (const char* never : {"subject", "content", "password", "key"}) EXPECT_FALSE(keys.contains(never));
  EXPECT_TRUE(keys.contains("version"));
}

TEST_F(LoggingTest, LevelsAreControlledWhileItRuns) {
  auto log = open({.level = LogLevel::warning});
  EXPECT_FALSE(log->enabled(LogLevel::info));
  log->write(LogLevel::info, "not written");
  log->set_level(LogLevel::debug);
  EXPECT_TRUE(log->enabled(LogLevel::debug));
  log->write(LogLevel::debug, "written");
  log.reset();
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_THAT(lines()[0], HasSubstr("\"written\""));
}

TEST(JsonStrings, Escaping) {
  EXPECT_EQ(json("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json(std::string_view("\n\r\t\x01\0\x7f", 6)), R"("\n\u000d\u0009\u0001\u0000\u007f")");
  EXPECT_EQ(json("Sơn La, hỏa tốc 🔥"), "\"Sơn La, hỏa tốc 🔥\"");
  EXPECT_EQ(json("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"), "\"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\"");
}

TEST(JsonStrings, WhatIsNotUtf8IsReplacedByteByByte) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(json("a\x80z"), "\"a" + r + "z\"");                      // a continuation alone
  EXPECT_EQ(json("\xC3"), "\"" + r + "\"");                          // cut short
  EXPECT_EQ(json("\xC3("), "\"" + r + "(\"");                        // not continued
  EXPECT_EQ(json("\xC0\xAF"), "\"" + r + r + "\"");                  // overlong '/'
  EXPECT_EQ(json("\xE0\x80\xAF"), "\"" + r + r + r + "\"");          // overlong '/'
  EXPECT_EQ(json("\xED\xA0\x80"), "\"" + r + r + r + "\"");          // a surrogate
  EXPECT_EQ(json("\xF4\x90\x80\x80"), "\"" + r + r + r + r + "\"");  // beyond U+10FFFF
  EXPECT_EQ(json("\xFF\xFE"), "\"" + r + r + "\"");
}

TEST_F(LoggingTest, AnyBytesMakeOneValidLine) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  auto log = open();
  log->write(LogLevel::info, all, {{LogField::detail, all}});
  log.reset();
  ASSERT_EQ(lines().size(), 1U);
  boost::system::error_code error;
  EXPECT_TRUE(boost::json::parse(lines()[0], error).is_object());
  EXPECT_FALSE(error) << error.message();
}

TEST_F(LoggingTest, LongTextsAreCutBetweenCharacters) {
  std::string text;
  while (text.size() < 5000) text += "ơ";
  auto log = open();
  log->write(LogLevel::info, "e", {{LogField::detail, "x" + text}});  // 2,000 falls inside a character
  log.reset();
  const boost::json::value object = boost::json::parse(lines().at(0));
  EXPECT_EQ(std::string(object.at("detail").as_string()), ("x" + text).substr(0, 1999) + "…");
}

TEST_F(LoggingTest, FlushMeansReadable) {
  auto log = open();
  for (int i = 0; i < 500; ++i) log->write(LogLevel::info, "e", {{LogField::count, i}});
  ASSERT_TRUE(log->flush(std::chrono::seconds(30)));
  EXPECT_EQ(lines().size(), 500U);
  EXPECT_EQ(log->dropped(), 0U);
}

TEST_F(LoggingTest, FilesRotate) {
  auto log = open({.rotate_bytes = 2000, .rotate_files = 2});
  for (int i = 0; i < 200; ++i) log->write(LogLevel::info, "event", {{LogField::count, i}});
  log.reset();
  EXPECT_THAT(lines().back(), HasSubstr("\"count\":199}"));
  EXPECT_GT(lines("tramd.1.log").size(), 10U);
  EXPECT_GT(lines("tramd.2.log").size(), 10U);
  EXPECT_TRUE(lines("tramd.3.log").empty());
}

TEST_F(LoggingTest, AFileThatCannotBeOpenedIsAnError) {
  folder_.write("file", "not a folder");
  const auto log = EventLog::open(clock_, {.file = folder_ / "file/tramd.log"});
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().reason, "LOG_FILE");
}

TEST_F(LoggingTest, AReaderThatDoesNotReadHoldsNobodyUp) {
  const std::string pipe = (folder_ / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  auto log = *EventLog::open(clock_, {.file = pipe, .queue = 256});
  const std::string detail(1000, 'x');
  for (int i = 0; i < 5000; ++i) log->write(LogLevel::info, "e", {{LogField::detail, detail}});
  EXPECT_GT(log->dropped(),
            1000U);  // and here we are: nothing blocked; what waits is more than the pipe holds
  EXPECT_FALSE(log->flush(std::chrono::milliseconds(1)));
  ASSERT_EQ(::fcntl(reader, F_SETFL, 0), 0);
  std::thread drain([&] {
    char buffer[65536];
    while (::read(reader, buffer, sizeof buffer) > 0) {
    }
  });
  EXPECT_TRUE(log->flush(std::chrono::seconds(30)));
  log.reset();
  drain.join();
  ::close(reader);
}

TEST_F(LoggingTest, ManyThreadsWriteWholeLines) {
  auto log = open({.queue = 100'000});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) log->write(LogLevel::info, "e", {{LogField::count, i}});
    });
  for (std::thread& thread : threads) thread.join();
  log.reset();
  const auto written = lines();
  EXPECT_EQ(written.size(), 2000U);
  for (const std::string& line : written)
    ASSERT_TRUE(line.starts_with("{\"time\"") && line.ends_with("}")) << line;
}

TEST(LogLevels, Names) {
  for (const char* text : {"debug", "info", "warning", "error"}) EXPECT_EQ(name(*log_level_from(text)), text);
  EXPECT_EQ(log_level_from("trace"), std::nullopt);
}

}  // namespace
}  // namespace tram::daemon
