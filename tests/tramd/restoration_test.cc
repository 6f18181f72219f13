// What a restored node keeps in its data folder from one run to the next.
#include "tramd/restoration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "store/memory/memory_content_store.h"
#include "store/sqlite/sqlite_message_store.h"

namespace tram::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

AgencyCode code(std::string_view text) { return AgencyCode::parse(text).value(); }

class RestorationTest : public testing::Test {
 protected:
  RestorationTest() {
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "restored.json") << backup();
  }
  static Bytes backup() {
    return store::write_backup_origin({"G09", "log.g09", from_rfc3339("2026-11-24T12:00:00Z").value(), 7});
  }
  ~RestorationTest() override { std::filesystem::remove_all(folder); }
  exchange::Restored next_run() const {
    return Restoration::look(folder.string(), "log.g09-2").value().restored().value();
  }

  Result<Restoration> look(const std::string& origin) const {
    return Restoration::look(folder.string(), origin);
  }
  void put_backup(const Bytes& bytes) const {
    std::filesystem::remove(folder / "restored.json");
    std::ofstream(folder / store::kBackupFile) << bytes;
  }
  // What the error tells the operator to set.
  std::string demanded() const {
    const auto refused = look("another");
    if (refused || refused.error().reason != "RESTORED_NEEDS_NEW_ORIGIN")
      throw std::runtime_error("not refused");
    const std::string& remedy = refused.error().remedy;
    const std::size_t begin = remedy.find('"') + 1;
    return remedy.substr(begin, remedy.find('"', begin) - begin);
  }

  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      ("restoration-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(RestorationTest, IsNotReconciledAtFirst) {
  EXPECT_FALSE(next_run().reconciled);
  EXPECT_EQ(next_run().log_size, 7U);
  EXPECT_FALSE(Restoration::look(folder.string(), "log.g09")) << "the former log is not forked";
}

TEST_F(RestorationTest, KeepsWhoOwesAndWhatIsLost) {
  const exchange::LostMessage one{
      {code("G09.02"), MessageId("a b")}, {code("H52.01"), code("H52.05")}, "truc"};
  const exchange::LostMessage other{{code("G09.03"), MessageId("c")}, {}, "sonla"};
  const auto restoration = Restoration::look(folder.string(), "log.g09-2").value();
  ASSERT_TRUE(restoration.keep_reconciled({"truc", "bac"}, {{one, other}, 17}));
  const exchange::Restored kept = next_run();
  EXPECT_TRUE(kept.reconciled);
  EXPECT_THAT(kept.owed, ElementsAre("truc", "bac"));
  EXPECT_THAT(kept.lost.named, ElementsAre(one, other));
  EXPECT_EQ(kept.lost.more, 17U);
  ASSERT_TRUE(restoration.keep_reconciled({}, {}));
  EXPECT_TRUE(next_run().reconciled);
  EXPECT_THAT(next_run().owed, IsEmpty());
  EXPECT_THAT(next_run().lost.named, IsEmpty());
}

TEST_F(RestorationTest, TwoRestoresFromOneBackupAskForDifferentTimesAndLogs) {
  store::MemoryContentStore contents(std::make_shared<store::MemoryContentDisk>());
  const auto messages = store::SqliteMessageStore::open(folder.string(), {contents, {}}).value();
  std::set<Timestamp> asked;
  std::set<std::string> logs{"log.g09"};
  for (int i = 0; i < 2; ++i) {
    put_backup(backup());
    for (const std::string& used : logs) EXPECT_FALSE(look(used)) << used;
    const std::string origin = demanded();
    EXPECT_TRUE(logs.insert(origin).second);
    auto restoration = look(origin).value();
    ASSERT_TRUE(restoration.begin_epoch(*messages, code("G09"), {}));
    EXPECT_TRUE(look(origin)) << "as it starts from now on";
    const exchange::Restored restored = restoration.restored().value();
    EXPECT_EQ(next_run().lacks_since, restored.lacks_since) << "it lasts";
    EXPECT_LE(restored.lacks_since, restored.taken_at - std::chrono::minutes(10));
    EXPECT_GT(restored.lacks_since, restored.taken_at - std::chrono::minutes(12));
    EXPECT_TRUE(asked.insert(restored.lacks_since).second);
  }
}

TEST_F(RestorationTest, TheNewLogIsTheFormerOneInAnotherEpoch) {
  put_backup(backup());
  const std::string first = demanded();
  EXPECT_THAT(first, testing::MatchesRegex("log\\.g09-[0-9a-f]{8}"));
  EXPECT_EQ(demanded(), first) << "however often it is asked";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  put_backup(store::write_backup_origin({"G09", first, {}, 7}));
  EXPECT_THAT(demanded(), testing::MatchesRegex("log\\.g09-[0-9a-f]{8}"));
  EXPECT_NE(demanded(), first);
}

TEST_F(RestorationTest, ALineThatNobodyWroteNamesNothing) {
  std::ofstream(folder / "reconciled") << "truc\nlost\tnot a code\tid\ttruc\nlost\tG09.02\nmore\tmany\n";
  const exchange::Restored kept = next_run();
  EXPECT_THAT(kept.owed, ElementsAre("truc"));
  EXPECT_THAT(kept.lost.named, IsEmpty());
  EXPECT_EQ(kept.lost.more, 0U);
}

}  // namespace
}  // namespace tram::daemon
