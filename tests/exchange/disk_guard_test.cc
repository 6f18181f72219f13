// New work is put off while the disk is nearly full; what was promised goes on.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/one_node.h"

namespace tram::sim {
namespace {

using namespace std::chrono_literals;
using exchange::HopResult;

constexpr std::uint64_t kMiB = 1 << 20;

class ScriptedDisk final : public exchange::DiskSpace {
 public:
  Result<exchange::DiskRoom> room() const override {
    if (broken) return failure(ErrorCode::internal, "CONTENT_IO", "the test broke this disk");
    return exchange::DiskRoom{free, 100'000 * kMiB};
  }
  std::uint64_t reserve() const override { return 64 * kMiB; }
  bool holds_reserve() const override { return held; }
  void release_reserve() override { held = false; }
  Result<void> restore_reserve() override {
    if (full) return failure(ErrorCode::resource_exhausted, "DISK_FULL", "the test filled this disk");
    held = true;
    return {};
  }

  std::uint64_t free = 50'000 * kMiB;
  bool held = true;
  bool full = false;
  bool broken = false;
};

class DiskGuardTest : public OneNode, public testing::Test {
 protected:
  DiskGuardTest() {
    h52.crash();
    h52.set_disk(&disk);
    h52.start();
    know(seal_of(code("G09.02")));
  }
  void set_free(std::uint64_t bytes) {
    disk.free = bytes;
    run(2s);
  }
  Result<exchange::Acceptance> send(const std::string& id) {
    return submit(request(dispatch("H52.01", id, {"H52.05"})));
  }
  exchange::HopOutcome arrive(const std::string& id) { return relay(draft(world, id, {"H52.05"}).sealed()); }
  [[nodiscard]] std::size_t noted(const std::string& what) {
    const auto& notes = h52.observer().notes();
    return static_cast<std::size_t>(std::count_if(
        notes.begin(), notes.end(), [&](const std::string& note) { return note.starts_with(what); }));
  }

  ScriptedDisk disk;
};

TEST_F(DiskGuardTest, NewWorkIsPutOffBeforeAnythingIsPromised) {
  ASSERT_TRUE(send("before"));
  set_free(1000 * kMiB);
  const auto before = h52.messages().counts().messages;
  const auto refused = send("low");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
  EXPECT_EQ(refused.error().reason, "DISK_LOW");
  EXPECT_FALSE(refused.error().remedy.empty());
  const auto outcome = arrive("low");
  EXPECT_EQ(outcome.result, HopResult::retry);
  EXPECT_EQ(outcome.error.reason, "DISK_LOW");
  EXPECT_EQ(node().has_room().error().reason, "DISK_LOW");
  EXPECT_EQ(h52.messages().counts().messages, before);
  EXPECT_EQ(noted("disk low"), 1U);
  EXPECT_EQ(refused.error().retry_after, 30s);
  set_free(50'000 * kMiB);
  EXPECT_TRUE(send("low"));
  EXPECT_EQ(arrive("low").result, HopResult::accepted);
  EXPECT_TRUE(node().has_room());
  EXPECT_EQ(noted("disk has room again"), 1U);
}

TEST_F(DiskGuardTest, AnAlarmStandsUntilThereIsRoom) {
  set_free(1000 * kMiB);
  run(6s);
  const auto alarms = node().alarms().list();
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms[0].kind, AlarmKind::store_nearly_full);
  EXPECT_EQ(alarms[0].detail, "new work is refused: 1000 MiB of 100000 MiB are free; low is below 1024 MiB");
  set_free(50'000 * kMiB);
  run(6s);
  EXPECT_TRUE(node().alarms().list().empty());
}

TEST_F(DiskGuardTest, WhatWasPromisedGoesOn) {
  ASSERT_TRUE(send("d"));
  ASSERT_EQ(arrive("e").result, HopResult::accepted);
  const exchange::HopMessage again = draft(world, "e", {"H52.05"}).sealed();
  run();
  set_free(10 * kMiB);
  EXPECT_TRUE(send("d")->repeated);  // the first answer
  const auto inbox = open("H52.05");
  run();
  ASSERT_EQ(inbox.heard->deliveries.size(), 2U);
  for (const auto& delivery : inbox.heard->deliveries) inbox.stream->acknowledge(delivery.id);
  run();
  EXPECT_EQ(inbox.heard->acknowledgements.size(), 2U);
  EXPECT_TRUE(inbox.heard->errors.empty());
}

TEST_F(DiskGuardTest, TheReserveIsGivenFreeAndTakenAgain) {
  set_free(1000 * kMiB);
  EXPECT_TRUE(disk.held);
  set_free(63 * kMiB);
  EXPECT_FALSE(disk.held);
  EXPECT_EQ(noted("disk full"), 1U);
  set_free(1024 * kMiB + 256 * kMiB);  // enough, but for the reserve
  EXPECT_FALSE(disk.held);
  EXPECT_FALSE(send("d"));
  disk.full = true;
  set_free(1024 * kMiB + 256 * kMiB + 64 * kMiB);
  EXPECT_FALSE(send("d"));
  disk.full = false;
  run(2s);
  EXPECT_TRUE(disk.held);
  EXPECT_TRUE(send("d"));
}

TEST_F(DiskGuardTest, ItDoesNotFlutterAroundTheMark) {
  set_free(1023 * kMiB);
  for (int i = 0; i < 5; ++i) {
    set_free(1025 * kMiB);
    EXPECT_FALSE(send("d"));
    set_free(1023 * kMiB);
  }
  EXPECT_EQ(noted("disk low"), 1U);
}

TEST_F(DiskGuardTest, AFullDiskIsSeenAtTheStart) {
  h52.crash();
  disk.free = 0;
  h52.start();
  EXPECT_FALSE(node().has_room());
  EXPECT_FALSE(disk.held);
}

TEST_F(DiskGuardTest, ADiskThatCannotBeLookedAtChangesNothingAndIsTold) {
  disk.broken = true;
  run(10s);
  EXPECT_TRUE(send("d"));
  EXPECT_EQ(noted("disk cannot be looked at"), 1U);
}

TEST_F(DiskGuardTest, ALowDiskHurriesThePruning) {
  h52.crash();
  h52.settings().retention.content = 24h * 10;
  h52.settings().retention.interval = 24h;
  h52.start();
  ASSERT_TRUE(submit(request(dispatch("H52.01", "d", {"H52.05"}), {file("a.pdf", "content")})));
  const auto inbox = open("H52.05");
  run();
  for (const auto& delivery : inbox.heard->deliveries) inbox.stream->acknowledge(delivery.id);
  const auto row = h52.messages().find({code("H52.01"), MessageId("d")})->row;
  run(24h * 10 + 1min);  // its time has come, the next pass has not
  ASSERT_FALSE(h52.messages().load(row)->contents_pruned_at);
  set_free(1000 * kMiB);
  run(1min);
  EXPECT_TRUE(h52.messages().load(row)->contents_pruned_at);
}

}  // namespace
}  // namespace tram::sim
