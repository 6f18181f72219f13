// The reserve on the data disk, and starting when there is no room.
#include "store/data_disk.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "store/content/file_content_store.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/temporary_folder.h"

namespace tram::store {
namespace {

using namespace exchange;

constexpr std::uint64_t kMiB = 1 << 20;

/// A file system of 32 MiB.
class DataDiskTest : public testing::Test {
 protected:
  DataDiskTest() : mounted_(::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=32m") == 0) {}
  ~DataDiskTest() override {
    store_.reset();
    contents_.reset();
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  void SetUp() override {
    if (!mounted_) GTEST_SKIP() << "only root can mount a small file system";
  }
  [[nodiscard]] std::unique_ptr<DataDisk> open(std::uint64_t reserve = 64 * kMiB) {
    return DataDisk::open(folder_.path(), reserve).value();
  }
  [[nodiscard]] std::uint64_t free() { return std::filesystem::space(folder_.path()).available; }
  [[nodiscard]] std::string filler() const { return folder_.path() + "/somebody-else's"; }
  /// All that is free, to the last byte.
  void fill() {
    std::ofstream out(filler(), std::ios::app | std::ios::binary);
    const std::string page(4096, 'f');
    while (out.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
  }
  void open_stores() {
    store_.reset();
    contents_.reset();
    contents_ = FileContentStore::open(folder_.path() + "/content").value();
    store_ = SqliteMessageStore::open(folder_.path() + "/messages",
                                      {*contents_, [](const Error& error) { ADD_FAILURE() << error.text(); }})
                 .value();
  }
  Result<void> append(std::size_t bytes) {
    std::promise<Result<void>> answered;
    store_->submit(
        [&](Transaction& transaction) -> Result<void> {
          transaction.append_record(Bytes(bytes, 'r'), std::nullopt, "");
          return {};
        },
        [&](Result<void> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }

  contract::TemporaryFolder folder_;
  const bool mounted_;
  std::unique_ptr<FileContentStore> contents_;
  std::unique_ptr<SqliteMessageStore> store_;
};

TEST_F(DataDiskTest, TheReserveIsAFiftiethAtMost) {
  const auto before = free();
  const auto disk = open();
  EXPECT_TRUE(disk->holds_reserve());
  EXPECT_EQ(disk->reserve(), 32 * kMiB / 50);
  EXPECT_EQ(disk->room()->total, 32 * kMiB);
  EXPECT_EQ(disk->room()->free, free());
  EXPECT_GE(before - free(), disk->reserve());
  EXPECT_EQ(open(4096)->reserve(), 4096U);
}

TEST_F(DataDiskTest, WhatIsReleasedIsFreeAndTakenAgainWhenThereIsRoom) {
  const auto disk = open();
  fill();
  EXPECT_EQ(disk->room()->free, 0U);
  disk->release_reserve();
  disk->release_reserve();
  EXPECT_FALSE(disk->holds_reserve());
  EXPECT_GT(disk->room()->free, 0U);
  fill();
  const auto refused = disk->restore_reserve();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
  EXPECT_FALSE(disk->holds_reserve());
  std::filesystem::remove(filler());
  EXPECT_TRUE(disk->restore_reserve());
  EXPECT_TRUE(disk->holds_reserve());
}

TEST_F(DataDiskTest, AStoreOnAFullDiskGoesOnFromTheReserve) {
  const auto disk = open();
  open_stores();
  ASSERT_TRUE(append(100));
  fill();
  for (int i = 0; i < 100 && append(60'000); ++i) {
  }
  const auto refused = append(60'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "DISK_FULL");
  disk->release_reserve();
  EXPECT_TRUE(append(60'000));
}

// The reserve may have been used up before; its last part has not.
TEST_F(DataDiskTest, AFullDiskDoesNotHinderAStart) {
  std::uint64_t entries = 0;
  {
    const auto disk = open();
    open_stores();
    ASSERT_TRUE(append(100));
    fill();
    disk->release_reserve();
    while (append(60'000)) {
    }
    fill();
    entries = store_->log_size();
    store_.reset();
  }
  fill();
  ASSERT_EQ(free(), 0U);
  for (int start = 0; start < 3; ++start) {
    const auto disk = open();
    open_stores();
    EXPECT_EQ(store_->log_size(), entries);
    EXPECT_TRUE(store_->log_root(entries));
    disk->opened();
    fill();
  }
  std::filesystem::remove(filler());
  EXPECT_TRUE(append(100));
}

// Killed, not stopped: the WAL is full of what the database has no room for.
TEST_F(DataDiskTest, AWriteAheadLogThatHasNoRoomElsewhereIsKept) {
  open_stores();
  ASSERT_TRUE(append(100));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(append(60'000));
  const std::string copy = folder_.path() + "/killed";
  std::filesystem::create_directories(copy + "/messages");
  for (const char* file : {"/messages/messages.db", "/messages/messages.db-wal"})
    std::filesystem::copy_file(folder_.path() + file, copy + file);
  store_.reset();
  contents_.reset();
  std::filesystem::remove_all(folder_.path() + "/messages");
  const auto disk = open();
  fill();
  std::filesystem::resize_file(filler(), std::filesystem::file_size(filler()) - 256 * 1024);
  contents_ = FileContentStore::open(folder_.path() + "/content").value();
  const auto opened = SqliteMessageStore::open(copy + "/messages", {*contents_, {}});
  ASSERT_TRUE(opened) << opened.error().text();
  EXPECT_EQ((*opened)->log_size(), 101U);
}

}  // namespace
}  // namespace tram::store
