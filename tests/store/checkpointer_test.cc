// The write-ahead file under a writer that never pauses.
#include "store/sqlite/checkpointer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/contract/temporary_folder.h"

namespace tram::store {
namespace {

class CheckpointerTest : public testing::Test {
 protected:
  CheckpointerTest() : writer_(connect()) {
    writer_.execute("PRAGMA journal_mode = WAL; CREATE TABLE kept (number INTEGER PRIMARY KEY, bytes BLOB)");
    writer_.count_frames(frames_);
  }

  // One that has read nothing yet knows of no write-ahead file, and would move nothing.
  Database connect() const {
    Database database = Database::open(folder_.path() + "/kept.db").value();
    database.execute("PRAGMA synchronous = FULL");
    return database;
  }
  void commit(int number) { writer_.run("INSERT INTO kept VALUES (?, ?)", number, Blob{bytes_}); }
  int rows() {
    Query query = writer_.query("SELECT count(*) FROM kept");
    return query.next() ? query.as<int>(0) : -1;
  }

  static constexpr int kCommits = 2000;
  static constexpr Checkpointer::Limits kLimits{20, 60};
  const contract::TemporaryFolder folder_;
  const Bytes bytes_ = Bytes(6000, 'x');
  Database writer_;
  int frames_ = 0;
};

TEST_F(CheckpointerTest, TheFileBeginsAnewAgainAndAgain) {
  int most = 0;
  int beginnings = 0;
  {
    Checkpointer checkpointer(connect(), kLimits);
    for (int number = 0; number < kCommits; ++number) {
      const int before = frames_;
      commit(number);
      most = std::max(most, frames_);
      beginnings += frames_ < before ? 1 : 0;
      checkpointer.committed(writer_, frames_);
    }
  }
  EXPECT_GE(most, kLimits.begin);
  EXPECT_LE(most, kLimits.wait + 8) << "one commit more, at most";
  EXPECT_GE(beginnings, kCommits / kLimits.wait);
  EXPECT_EQ(rows(), kCommits);
}

TEST_F(CheckpointerTest, WhileSomebodyReadsAnOldStateNothingIsLost) {
  commit(0);
  Database reader = connect();
  reader.execute("BEGIN; SELECT count(*) FROM kept");
  Checkpointer checkpointer(connect(), kLimits);
  for (int number = 1; number < 200; ++number) {
    commit(number);
    checkpointer.committed(writer_, frames_);
  }
  EXPECT_EQ(rows(), 200);
  reader.execute("COMMIT");
  for (int number = 200; number < 400; ++number) {
    commit(number);
    checkpointer.committed(writer_, frames_);
  }
  EXPECT_LE(frames_, kLimits.wait + 8);
  EXPECT_EQ(rows(), 400);
}

// A database that stands for the writer's tells whether the writer was made to work.
TEST_F(CheckpointerTest, WhoCommitsDoesOnlyWhatCameMeanwhile) {
  const std::string path = folder_.path() + "/witness.db";
  Database witness = Database::open(path).value();
  witness.execute("PRAGMA journal_mode = WAL; CREATE TABLE kept (number INTEGER PRIMARY KEY)");
  const auto untouched = std::filesystem::file_size(path);
  Checkpointer checkpointer(connect(), kLimits);
  int number = 0;
  const auto commit_one = [&] {
    commit(number++);
    checkpointer.committed(witness, frames_);
  };
  const auto fill = [&] {
    do commit_one();
    while (frames_ < kLimits.begin);
  };
  for (int round = 0; round < 4; ++round) {
    fill();
    checkpointer.rest();  // and nothing is committed meanwhile
    EXPECT_EQ(std::filesystem::file_size(path), untouched) << round;
  }
  {
    Database reader = connect();
    reader.execute("BEGIN; SELECT count(*) FROM kept");
    fill();
    checkpointer.rest();  // the reader keeps the file from beginning anew
    commit_one();
  }
  EXPECT_GT(std::filesystem::file_size(path), untouched);
}

}  // namespace
}  // namespace tram::store
