// The write-ahead file under a writer that never pauses.
#include "store/sqlite/checkpointer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/contract/temporary_folder.h"

namespace tram::store {
namespace {

class CheckpointerTest : public testing::Test {
 protected:
  CheckpointerTest() : writer_(connect()) {
    writer_.execute("PRAGMA journal_mode = WAL; CREATE TABLE kept (number INTEGER PRIMARY KEY, bytes BLOB)");
    writer_.count_frames(frames_);
  }

  Database connect() const { return Database::open(folder_.path() + "/kept.db").value(); }
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

}  // namespace
}  // namespace tram::store
