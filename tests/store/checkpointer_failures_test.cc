// Checkpoints beside commits, above a disk that fails or loses power.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "store/sqlite/checkpointer.h"
#include "tests/contract/temporary_folder.h"
#include "tests/store/failing_disk.h"
#include "tests/store/fault_vfs.h"

namespace tram::store {
namespace {

using PowerCut = FailingDisk::PowerCut;

class CheckpointerFailures : public testing::Test {
 protected:
  Database connect(const std::string& folder, const std::string& vfs = "") const {
    Database database = Database::open(folder + "/kept.db", vfs).value();
    database.execute("PRAGMA synchronous = FULL");
    return database;
  }
  Database writer(const std::string& vfs = "") {
    Database database = connect(folder_.path(), vfs);
    database.execute("PRAGMA journal_mode = WAL; CREATE TABLE kept (number INTEGER PRIMARY KEY, bytes BLOB)");
    database.count_frames(frames_);
    return database;
  }
  void commit(Database& database, int number) const {
    database.run("INSERT INTO kept VALUES (?, ?)", number, Blob{bytes_});
  }
  static int rows(Database& database) {
    Query sound = database.query("PRAGMA integrity_check");
    EXPECT_TRUE(sound.next() && sound.bytes(0) == "ok");
    Query query = database.query("SELECT count(*) FROM kept");
    return query.next() ? query.as<int>(0) : -1;
  }

  static constexpr Checkpointer::Limits kLimits{20, 60};
  const Bytes bytes_ = Bytes(6000, 'x');
  FailingDisk disk_;
  const contract::TemporaryFolder folder_;
  int frames_ = 0;
};

TEST_F(CheckpointerFailures, WhatWasCommittedSurvivesAPowerCutAtAnyTime) {
  const FaultVfs vfs(&disk_);
  Database writes = writer(vfs.name());
  Checkpointer checkpointer(connect(folder_.path(), vfs.name()), kLimits);
  int beginnings = 0;
  for (int number = 0; number < 300; ++number) {
    const int before = frames_;
    commit(writes, number);
    beginnings += frames_ < before ? 1 : 0;
    checkpointer.committed(writes, frames_);
    const contract::TemporaryFolder image;
    constexpr PowerCut kCuts[] = {PowerCut::drops_all, PowerCut::tears_last, PowerCut::keeps_subset};
    disk_.leave(folder_.path(), image.path(), kCuts[number % 3], static_cast<std::uint64_t>(number));
    Database left = connect(image.path());
    ASSERT_EQ(rows(left), number + 1);
  }
  EXPECT_GT(beginnings, 2) << "else there was no checkpoint to survive";
}

TEST_F(CheckpointerFailures, ACheckpointThatFailsHarmsNoCommit) {
  const FaultVfs vfs(&disk_);
  Database writes = writer();
  disk_.fail(1, std::numeric_limits<std::uint64_t>::max(), FailingDisk::Failure::lost);
  int most = 0;
  {
    Checkpointer checkpointer(connect(folder_.path(), vfs.name()), kLimits);
    for (int number = 0; number < 300; ++number) {
      commit(writes, number);
      most = std::max(most, frames_);
      checkpointer.committed(writes, frames_);
    }
  }
  EXPECT_GT(disk_.steps(), 0U) << "else nothing failed";
  EXPECT_LE(most, kLimits.wait + 8) << "what failed beside is done between two commits";
  EXPECT_EQ(rows(writes), 300);
}

}  // namespace
}  // namespace tram::store
