// The command line as whoever misuses it sees it.
#include "tramctl/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstdlib>

#include "tests/tramctl/temporary_folder.h"
#include "tramctl/durable_file.h"

namespace tram::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Ran {
  int code = 0;
  std::string out, err;
};

Ran tramctl(const std::string& words) {
  std::vector<std::string> arguments{"tramctl"};
  std::istringstream in(words);
  for (std::string word; in >> word;) arguments.push_back(word);
  std::vector<const char*> argv;
  for (const std::string& word : arguments) argv.push_back(word.c_str());
  ::unsetenv("TRAM_PROFILE");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Ran ran;
  ran.code = run(static_cast<int>(argv.size()), argv.data());
  ran.out = testing::internal::GetCapturedStdout();
  ran.err = testing::internal::GetCapturedStderr();
  return ran;
}

class Command : public testing::TestWithParam<const char*> {};

TEST_P(Command, HasHelpWithAnExampleOfItsOwn) {
  const std::string command = GetParam();
  const Ran ran = tramctl(command + " --help");
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, HasSubstr("Usage: tramctl " + command));
  EXPECT_THAT(ran.out, testing::ContainsRegex("\n  tramctl .*" + command)) << "an example";
  EXPECT_THAT(ran.out, Not(HasSubstr("A profile says"))) << "that is the program's";
  EXPECT_EQ(ran.err, "");
}

INSTANTIATE_TEST_SUITE_P(All, Command,
                         testing::Values("send", "receive", "inbox", "status", "track", "evidence",
                                         "evidence export", "verify", "nodes", "deliveries",
                                         "deliveries retry", "deliveries forward", "deliveries cancel",
                                         "backup", "agencies", "checkpoint", "registry", "registry add",
                                         "registry revoke", "registry list"));

TEST(CommandLine, HelpShowsAProfileAndTheCommandsInGroups) {
  const Ran ran = tramctl("--help");
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\nDocuments:\n"), HasSubstr("\nEvidence:\n"),
                             HasSubstr("\nOperators and registrars:\n"), HasSubstr("trust_roots = [")));
}

TEST(CommandLine, NamesAllThatIsMissingAndWhereHelpIs) {
  const Ran ran = tramctl("send");
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err,
            "tramctl: tramctl send: it needs FILE, --to, --subject, --number, --notation\n"
            "  what to do: read tramctl send --help\n");
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(tramctl("send x.pdf --to G09.02 --number 1 --notation n").err,
              HasSubstr("it needs --subject\n"));
  EXPECT_THAT(tramctl("registry add --agency H52.01").err,
              HasSubstr("it needs --certificate, --system, --role\n"));
}

TEST(CommandLine, NamesACommandItDoesNotKnow) {
  const Ran ran = tramctl("sedn x.pdf");
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("\"sedn\" is no command of tramctl; there are send, receive, inbox"));
  EXPECT_THAT(tramctl("registry ad").err,
              HasSubstr("\"ad\" is no command of tramctl registry; there are add, revoke, list"));
  EXPECT_THAT(tramctl("").err, HasSubstr("name a command of tramctl; there are send"));
  EXPECT_THAT(tramctl("evidence").err, HasSubstr("name a command of tramctl evidence; there are export"));
}

TEST(CommandLine, NamesTheOptionAtFault) {
  const auto refused = [](const std::string& words, const std::string& said) {
    const Ran ran = tramctl(words);
    EXPECT_EQ(ran.code, 2) << words;
    EXPECT_THAT(ran.err, HasSubstr(said)) << words;
    EXPECT_THAT(ran.err, HasSubstr("what to do: ")) << words;
  };
  refused("nodes --jso", "--jso");
  refused("deliveries --limit 0", "--limit");
  refused("deliveries --state lost", "--state");
  refused("track x --timeout soon", "--timeout");
  refused("verify nowhere.asice", "nowhere.asice");
  refused("registry revoke abc", "\"abc\" is neither a certificate's SHA-256 nor a file");
}

TEST(CommandLine, TellsProgramsInJson) {
  for (const char* words : {"--json send", "send --json", "--json sedn", "--json nodes"}) {
    const Ran ran = tramctl(words);
    EXPECT_EQ(ran.code, 2) << words;
    const boost::json::value said = boost::json::parse(ran.out);
    EXPECT_EQ(said.at("error").at("code"), "INVALID_ARGUMENT") << words;
    EXPECT_FALSE(said.at("error").at("remedy").as_string().empty()) << words;
  }
}

TEST(CommandLine, AMissingProfileSaysWhatOneIs) {
  const Ran none = tramctl("nodes");
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, AllOf(HasSubstr("--profile FILE or set TRAM_PROFILE"), HasSubstr("tramctl --help")));
  const Ran nowhere = tramctl("--profile /nowhere/p.toml nodes");
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("--profile: /nowhere/p.toml does not exist"));
}

TEST(CommandLine, FilesThatHoldSomethingElseAreNamed) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_durably(folder / "a.asice", "x", folder / "new"));
  ASSERT_TRUE(write_durably(folder / "roots.pem", "no certificate", folder / "new"));
  const Ran ran = tramctl("verify " + (folder / "a.asice") + " --roots " + (folder / "roots.pem"));
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, AllOf(HasSubstr((folder / "roots.pem") + ": no PEM certificate"),
                             HasSubstr("name a file of CA certificates in PEM")));
  const Ran none = tramctl("verify " + (folder / "a.asice"));
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("give --roots FILE"));
}

TEST(CommandLine, AProfileThatIsNamedAndCannotBeReadIsWhatIsWrong) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_durably(folder / "a.asice", "x", folder / "new"));
  ASSERT_TRUE(write_durably(folder / "p.toml", "address = 7443\n", folder / "new"));
  const Ran broken = tramctl("--profile " + (folder / "p.toml") + " verify " + (folder / "a.asice"));
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.err, AllOf(HasSubstr((folder / "p.toml") + ":1: address is not a text"),
                                Not(HasSubstr("ROOTS_MISSING"))));
  const Ran nowhere = tramctl("--profile /nowhere/p.toml verify " + (folder / "a.asice"));
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.err,
              AllOf(HasSubstr("--profile: /nowhere/p.toml does not exist"), Not(HasSubstr("ROOTS_MISSING"))));
  const Ran unneeded =
      tramctl("--profile /nowhere/p.toml verify " + (folder / "a.asice") + " --roots " + (folder / "p.toml"));
  EXPECT_THAT(unneeded.err, HasSubstr((folder / "p.toml") + ": no PEM certificate"));
}

}  // namespace
}  // namespace tram::client
