// SQLite above a disk that fails or loses power at every step: what was answered is there, and nothing is
// there by half. All steps with TRAM_LONG=1, else a part of them.
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <set>

#include "log/tree.h"
#include "store/memory/memory_content_store.h"
#include "store/memory/memory_disk.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/message_store_contract.h"
#include "tests/contract/temporary_folder.h"
#include "tests/store/failing_disk.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/store_workload.h"

namespace tram::store {
namespace {

using namespace exchange;
using Failure = FailingDisk::Failure;
using PowerCut = FailingDisk::PowerCut;

bool long_form() { return std::getenv("TRAM_LONG") != nullptr; }

/// One process' life above a failing disk: opens, runs the workload one unit after another, closes.
class Life {
 public:
  explicit Life(FailingDisk& disk) : disk_(disk), vfs_(&disk) {}

  void live() {
    SqliteOptions options{contents_, [this](const Error& error) { end(error); }};
    options.vfs = vfs_.name();
    auto store = SqliteMessageStore::open(folder_.path(), options);
    if (!store) {
      disk_.stop();
      end(store.error());
      return;
    }
    for (std::size_t i = 0; i < workload().size() && !ended(); ++i) submit(**store, i);
    if (ended()) submit(**store, 1);  // must not be answered
    store->reset();
  }

  /// Units answered with success, and the one that was answered with nothing.
  [[nodiscard]] std::vector<std::size_t> answered() const {
    const std::lock_guard lock(mutex_);
    return answered_;
  }
  [[nodiscard]] std::optional<std::size_t> open_unit() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }
  [[nodiscard]] bool ended() const {
    const std::lock_guard lock(mutex_);
    return why_.has_value();
  }
  [[nodiscard]] std::string why() const {
    const std::lock_guard lock(mutex_);
    return why_.value_or("");
  }
  [[nodiscard]] int refused_for_space() const { return refused_for_space_; }
  [[nodiscard]] const std::string& folder() const { return folder_.path(); }

 private:
  void end(const Error& error) {
    disk_.stop();  // the process is gone
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(why_) << "the handler is called once";
    EXPECT_FALSE(error.remedy.empty());
    why_ = error.text();
    changed_.notify_all();
  }

  void submit(MessageStore& store, std::size_t unit) {
    {
      const std::lock_guard lock(mutex_);
      if (!why_) open_ = unit;
    }
    store.submit(workload()[unit], [this, unit](const Result<void>& result) { answer(unit, result); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return why_ || !open_; });
  }

  void answer(std::size_t unit, const Result<void>& result) {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(why_) << "answered after the store gave up";
    if (result) {
      answered_.push_back(unit);
    } else if (result.error().reason == "DISK_FULL") {
      ++refused_for_space_;
    }
    open_.reset();
    changed_.notify_all();
  }

  FailingDisk& disk_;
  const FaultVfs vfs_;
  const contract::TemporaryFolder folder_;
  MemoryContentStore contents_{std::make_shared<MemoryContentDisk>()};
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::vector<std::size_t> answered_;
  std::optional<std::size_t> open_;
  std::optional<std::string> why_;
  int refused_for_space_ = 0;
};

/// The oracle: opens what a life left, looks, and works on.
class Oracle {
 public:
  void check(const std::string& folder, const Life& life) {
    SqliteOptions options{contents_, [](const Error& error) { ADD_FAILURE() << error.text(); }};
    options.vfs = vfs_.name();
    auto opened = SqliteMessageStore::open(folder, options);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_TRUE(fits(dump(folder, vfs_.name()), life));
    check_log(**opened, folder);
    check_claims(**opened, folder);
    const std::uint64_t before = (*opened)->log_size();
    ASSERT_TRUE(contract::commit(**opened, [](Transaction& transaction) -> Result<void> {
      transaction.append_record("after", std::nullopt, "");
      return {};
    }));
    EXPECT_EQ((*opened)->log_size(), before + 1);
    ++checked_;
  }
  /// All answered units are in the dump, each whole, and of the one that was not answered all or nothing.
  [[nodiscard]] bool fits(const std::string& found, const Life& life) {
    std::vector<std::size_t> units = life.answered();
    if (found == expected_.after(units)) return true;
    if (!life.open_unit()) return false;
    units.push_back(*life.open_unit());
    return found == expected_.after(units);
  }
  [[nodiscard]] int checked() const { return checked_; }

 private:
  void check_log(const MessageStore& store, const std::string& folder) {
    auto database = Database::open(folder + "/messages.db", vfs_.name()).value();
    MemoryTiles tiles;
    log::Tree tree(tiles);
    Query query = database.query("SELECT record FROM log ORDER BY position");
    while (query.next()) tiles.put(tree.append(log::leaf_hash(query.bytes(0))));
    EXPECT_EQ(store.log_size(), tree.size());
    EXPECT_EQ(store.log_root(store.log_size()).value(), tree.root().value());
    for (std::uint64_t i = 0; i < store.log_size(); i += 50) EXPECT_TRUE(store.prove(i, store.log_size()));
  }

  void check_claims(MessageStore& store, const std::string& folder) {
    auto database = Database::open(folder + "/messages.db", vfs_.name()).value();
    Query query = database.query(
        "SELECT (SELECT count(*) FROM outgoing WHERE state = 1), (SELECT count(*) FROM inbox WHERE state = "
        "1)");
    ASSERT_TRUE(query.next());
    EXPECT_EQ(store.claim_outgoing("axis", {}, "oracle", 1000).size(), query.as<std::size_t>(0));
    EXPECT_EQ(store.claim_inbox(contract::agency("H52.05"), "default", "oracle", 1000).size(),
              query.as<std::size_t>(1));
  }

  const FaultVfs vfs_{nullptr};
  MemoryContentStore contents_{std::make_shared<MemoryContentDisk>()};
  ExpectedDumps expected_;
  int checked_ = 0;
};

std::uint64_t steps_of_a_whole_life() {
  FailingDisk disk;
  Life life(disk);
  life.live();
  EXPECT_FALSE(life.ended()) << life.why();
  return disk.steps();
}

TEST(SqliteFailures, PowerIsCutAfterEveryStep) {
  FailingDisk disk;
  Life life(disk);
  Oracle oracle;
  std::set<std::pair<std::size_t, Digest>> seen;
  const std::uint64_t stride = long_form() ? 1 : 15;
  disk.after_step = [&] {
    for (const PowerCut cut : {PowerCut::drops_all, PowerCut::tears_last, PowerCut::keeps_subset}) {
      const std::uint64_t step = disk.steps();
      if ((step + static_cast<std::uint64_t>(cut) * 3) % stride != 0) continue;
      SCOPED_TRACE("step " + std::to_string(step) + ", power cut " + std::to_string(static_cast<int>(cut)));
      const contract::TemporaryFolder image;
      disk.leave(life.folder(), image.path(), cut, step);
      oracle.check(image.path(), life);
    }
  };
  life.live();
  EXPECT_FALSE(life.ended()) << life.why();
  EXPECT_GT(oracle.checked(), 100);
}

// The oracle itself: a disk that ignores syncs loses what was answered, and that is found.
TEST(SqliteFailures, ADiskThatIgnoresSyncsIsFoundOut) {
  FailingDisk disk;
  disk.fail(1, std::uint64_t{1} << 40, Failure::ignored);
  Life life(disk);
  bool lost = false;
  disk.after_step = [&] {
    if (lost || life.answered().size() < 10) return;
    const contract::TemporaryFolder image;
    disk.leave(life.folder(), image.path(), PowerCut::drops_all, 0);
    const FaultVfs vfs(nullptr);
    MemoryContentStore contents(std::make_shared<MemoryContentDisk>());
    SqliteOptions options{contents, {}};
    options.vfs = vfs.name();
    const auto opened = SqliteMessageStore::open(image.path(), options);
    lost = !opened || !Oracle().fits(dump(image.path(), vfs.name()), life);
  };
  life.live();
  EXPECT_TRUE(lost);
}

class SqliteFailuresEach : public testing::TestWithParam<Failure> {};

TEST_P(SqliteFailuresEach, OneStepFails) {
  const std::uint64_t steps = steps_of_a_whole_life();
  const bool no_space = GetParam() == Failure::full || GetParam() == Failure::half_full;
  Oracle oracle;
  int ended = 0;
  int refused = 0;
  for (std::uint64_t step = 1; step <= steps; step += long_form() ? 1 : 29) {
    SCOPED_TRACE("step " + std::to_string(step));
    FailingDisk disk;
    disk.fail(step, step + (no_space ? step % 40 : 0), GetParam());
    Life life(disk);
    life.live();
    ended += life.ended() ? 1 : 0;
    refused += life.refused_for_space();
    oracle.check(life.folder(), life);  // as the supervisor starts it again
    const contract::TemporaryFolder image;
    disk.leave(life.folder(), image.path(), PowerCut::drops_all, step);
    oracle.check(image.path(), life);
    if (HasFailure()) return;
  }
  EXPECT_GT(no_space ? refused : ended, 10);
}

std::string name_of(const testing::TestParamInfo<Failure>& tested) {
  switch (tested.param) {
    case Failure::lost:
      return "lost";
    case Failure::kept:
      return "kept";
    case Failure::ignored:
      return "ignored";
    case Failure::full:
      return "full";
    case Failure::half_full:
      return "half_full";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Every, SqliteFailuresEach,
                         testing::Values(Failure::lost, Failure::kept, Failure::full, Failure::half_full),
                         name_of);

}  // namespace
}  // namespace tram::store
