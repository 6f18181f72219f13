// A running node's copy: each container once, and nothing left of it.
#include "store/node_backup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/contract/temporary_folder.h"

namespace tram::store {
namespace {

namespace fs = std::filesystem;
using namespace exchange;

class NodeBackupTest : public testing::Test {
 protected:
  NodeBackupTest() { fs::create_directory(folder_.path() + "/content"); }

  static ContentOptions small_segments() {
    ContentOptions options;
    options.segment_bytes = 1000;
    return options;
  }
  void upload(const Bytes& bytes) {
    auto upload = contents_->resume_upload("o", Sha256::of(bytes), bytes.size(), 0).value();
    ASSERT_TRUE(upload->write(bytes));
    ASSERT_TRUE(upload->finish()->complete);
  }
  // Its files. A file's pieces follow each other.
  static std::map<std::string, Bytes> read(Backup& backup) {
    std::map<std::string, Bytes> out;
    std::string last;
    for (auto piece = backup.next().value(); piece; piece = backup.next().value()) {
      EXPECT_TRUE(piece->file == last || !out.contains(piece->file)) << piece->file;
      last = piece->file;
      out[last] += piece->bytes;
    }
    return out;
  }
  [[nodiscard]] Bytes on_disk(const std::string& path) const {
    std::ifstream file(folder_.path() + "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const contract::TemporaryFolder folder_;
  const std::string leftover_ = folder_.path() + "/backup.db";
  SystemClock clock_;
  const std::unique_ptr<FileContentStore> contents_ =
      FileContentStore::open(folder_.path() + "/content", small_segments()).value();
  const std::unique_ptr<SqliteMessageStore> messages_ =
      SqliteMessageStore::open(folder_.path() + "/messages", {*contents_, [](const Error&) {}}).value();
};

TEST_F(NodeBackupTest, EachContainerIsCopiedOnceWhole) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(contents_->append(Bytes(700, static_cast<char>('a' + i))));
  ASSERT_TRUE(contents_->flush());
  for (int i = 0; i < 20; ++i) upload("upload " + std::to_string(i));
  upload(Bytes(600'000, 'x'));  // more than a piece
  NodeBackup backups(folder_.path(), "H52", "log", *messages_, *contents_, clock_);
  {
    const auto backup = backups.begin().value();
    const auto files = read(*backup);
    EXPECT_EQ(files.size(), 2U + 3 + 21) << "backup.json, the database, segments, uploads";
    for (const auto& [path, bytes] : files) {
      if (!path.starts_with("content/")) continue;
      EXPECT_TRUE(bytes == on_disk(path)) << path;
    }
  }
  EXPECT_FALSE(fs::exists(leftover_));
  EXPECT_TRUE(backups.begin());
}

TEST_F(NodeBackupTest, WhatACrashLeftIsGoneWithTheNextStart) {
  std::ofstream(leftover_) << "half a copy";
  NodeBackup backups(folder_.path(), "H52", "log", *messages_, *contents_, clock_);
  EXPECT_FALSE(fs::exists(leftover_));
}

}  // namespace
}  // namespace tram::store
