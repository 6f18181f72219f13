#include "tramctl/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/tramctl/temporary_folder.h"

namespace tram::client {
namespace {

Received entry(const std::string& delivery_id) {
  return {delivery_id,
          *AgencyCode::parse("G09.02"),
          {*AgencyCode::parse("H52.01"), MessageId("m-" + delivery_id)},
          MessageKind::dispatch,
          *from_rfc3339("2026-11-24T11:20:00.000001Z"),
          Sha256::of("header"),
          "good",
          "Về việc \"báo cáo\"\n"};
}

std::vector<std::string> ids(const JournalState& state) {
  std::vector<std::string> out;
  for (const Received& one : state.received) out.push_back(one.delivery_id);
  return out;
}

void append(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

TEST(JournalLines, ReadWhatWasWritten) {
  const auto state =
      parse_journal(journal_line(entry("1")) + acknowledged_line("1") + journal_line(entry("2")));
  ASSERT_TRUE(state);
  EXPECT_THAT(state->received, testing::ElementsAre(entry("1"), entry("2")));
  EXPECT_THAT(state->acknowledged, testing::ElementsAre("1"));
}

TEST(JournalLines, ALastLineTornAtAnyByteIsLeftOut) {
  const std::string first = journal_line(entry("1"));
  const std::string second = journal_line(entry("2"));
  for (std::size_t kept = 0; kept < second.size(); ++kept) {
    const auto state = parse_journal(first + second.substr(0, kept));
    ASSERT_TRUE(state) << kept;
    EXPECT_THAT(ids(*state), testing::ElementsAre("1"));
    EXPECT_EQ(state->whole_bytes, first.size());
  }
}

TEST(JournalLines, ALastLineOfZeroesIsLeftOutToo) {
  const std::string first = journal_line(entry("1"));
  const auto state = parse_journal(first + std::string(40, '\0') + "\n");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->whole_bytes, first.size());
}

TEST(JournalLines, DamageBeforeTheLastLineIsNeverPassedOver) {
  std::string text = journal_line(entry("1")) + journal_line(entry("2"));
  text[20] ^= 1;
  const auto state = parse_journal(text);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().reason, "JOURNAL_DAMAGED");
}

TEST(JournalFile, RemembersOverRestartsAndCutsOffATornLine) {
  const TemporaryFolder folder;
  {
    auto journal = Journal::open(folder.path());
    ASSERT_TRUE(journal) << journal.error().text();
    ASSERT_TRUE(journal->add(entry("1")));
    ASSERT_TRUE(journal->add_acknowledged("1"));
    EXPECT_NE(journal->find("1"), nullptr);
  }
  append(folder / "deliveries.log", journal_line(entry("2")).substr(0, 30));
  {
    auto journal = Journal::open(folder.path());
    ASSERT_TRUE(journal) << journal.error().text();
    EXPECT_NE(journal->find("1"), nullptr);
    EXPECT_EQ(journal->find("2"), nullptr);
    ASSERT_TRUE(journal->add(entry("3")));
  }
  const auto state = read_journal(folder.path());
  ASSERT_TRUE(state) << state.error().text();
  EXPECT_THAT(ids(*state), testing::ElementsAre("1", "3"));
}

TEST(JournalFile, OneProcessAFolder) {
  const TemporaryFolder folder;
  const auto first = Journal::open(folder.path());
  ASSERT_TRUE(first);
  const auto second = Journal::open(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "FOLDER_IN_USE");
}

TEST(JournalFile, OneThatCannotBeReadIsNotTakenForAnEmptyOne) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "deliveries.log");  // can be opened, and not read
  const auto state = read_journal(folder.path());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().reason, "FILE_UNREADABLE");
}

TEST(JournalFile, AFolderWithoutOneIsEmpty) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read_journal(folder.path())->received.empty());
}

}  // namespace
}  // namespace tram::client
