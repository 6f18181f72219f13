// What SQLite's files hold after a crash, and what the store refuses to open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "log/checkpoint.h"
#include "log/merkle.h"
#include "log/tree.h"
#include "store/memory/memory_content_store.h"
#include "store/memory/memory_disk.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/temporary_folder.h"

namespace tram::store {
namespace {

using namespace exchange;
namespace fs = std::filesystem;

class SqliteRecovery : public testing::Test {
 protected:
  Result<std::unique_ptr<SqliteMessageStore>> open(const std::string& folder,
                                                   const std::string& origin = "") {
    return SqliteMessageStore::open(
        folder, {contents_, [](const Error& error) { ADD_FAILURE() << error.text(); }, origin});
  }

  static void commit(MessageStore& store, std::function<void(Transaction&)> work) {
    std::promise<Result<void>> answered;
    store.submit(
        [&](Transaction& transaction) -> Result<void> {
          work(transaction);
          return {};
        },
        [&](Result<void> result) { answered.set_value(std::move(result)); });
    ASSERT_TRUE(answered.get_future().get());
  }

  static void append(MessageStore& store, int count) {
    for (int i = 0; i < count; ++i) {
      commit(store, [](Transaction& transaction) {
        transaction.append_record("record " + std::to_string(transaction.log_size()), std::nullopt, "");
      });
    }
  }

  /// The root of the first `size` of those records.
  static Digest expected_root(std::uint64_t size) {
    const MemoryTiles no_tiles;
    log::Tree tree(no_tiles);
    for (std::uint64_t i = 0; i < size; ++i)
      static_cast<void>(tree.append(log::leaf_hash("record " + std::to_string(i))));
    return tree.root().value();
  }

  /// What a kill leaves: the database and its WAL, without the shared memory.
  static void copy_as_after_a_crash(const std::string& from, const std::string& to) {
    for (const char* file : {"/messages.db", "/messages.db-wal"})
      fs::copy_file(from + file, to + file, fs::copy_options::overwrite_existing);
  }

  contract::TemporaryFolder folder_;
  contract::TemporaryFolder image_;
  MemoryContentStore contents_{std::make_shared<MemoryContentDisk>()};
};

TEST_F(SqliteRecovery, AllThatWasAnsweredIsThereAfterACrash) {
  const auto running = open(folder_.path()).value();
  append(*running, 100);
  copy_as_after_a_crash(folder_.path(), image_.path());
  ASSERT_GT(fs::file_size(image_.path() + "/messages.db-wal"), 0U);  // else this tests nothing
  const auto recovered = open(image_.path()).value();
  EXPECT_EQ(fs::file_size(image_.path() + "/messages.db-wal"), 0U);  // checkpointed before any answer
  EXPECT_EQ(recovered->log_size(), 100U);
  EXPECT_EQ(recovered->log_root(100).value(), expected_root(100));
}

TEST_F(SqliteRecovery, ATornWalGivesAConsistentPrefix) {
  const auto running = open(folder_.path()).value();
  append(*running, 40);
  const auto whole = fs::file_size(folder_.path() + "/messages.db-wal");
  std::uint64_t last = 40;
  for (auto length = whole; length > 9000; length -= whole / 10) {
    copy_as_after_a_crash(folder_.path(), image_.path());
    fs::resize_file(image_.path() + "/messages.db-wal", length);
    const auto recovered = open(image_.path());
    if (!recovered) break;  // cut before the tables themselves were committed
    const auto size = (*recovered)->log_size();
    EXPECT_LE(size, last);
    EXPECT_EQ((*recovered)->log_root(size).value(), expected_root(size));
    last = size;
  }
  EXPECT_LT(last, 40U);
}

TEST_F(SqliteRecovery, OneProcessAFolder) {
  const auto running = open(folder_.path()).value();
  const auto second = open(folder_.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "FOLDER_IN_USE");
}

TEST_F(SqliteRecovery, NewFilesVacuumIncrementallyAndUseWal) {
  open(folder_.path()).value().reset();
  auto database = Database::open(folder_.path() + "/messages.db").value();
  Query vacuum = database.query("PRAGMA auto_vacuum");
  ASSERT_TRUE(vacuum.next());
  EXPECT_EQ(vacuum.integer(0), 2);
  Query journal = database.query("PRAGMA journal_mode");
  ASSERT_TRUE(journal.next());
  EXPECT_EQ(journal.bytes(0), "wal");
}

TEST_F(SqliteRecovery, WhatIsNotADatabaseIsRefused) {
  fs::create_directories(folder_.path());
  std::FILE* file = std::fopen((folder_.path() + "/messages.db").c_str(), "w");
  ASSERT_NE(file, nullptr);
  for (int i = 0; i < 2000; ++i) std::fputs("not a database ", file);
  std::fclose(file);
  const auto opened = open(folder_.path());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::data_loss);
}

class SqliteCheckpoint : public SqliteRecovery {
 protected:
  /// Stores five records and a checkpoint of our own that says this of them; then opens the store again.
  Result<std::unique_ptr<SqliteMessageStore>> reopen_with(std::uint64_t size, const Digest& root) {
    const auto signer =
        log::NoteSigner::make("log/h52", trust::Ed25519PrivateKey::generate().value()).value();
    const auto note = log::sign_checkpoint({"log/h52", size, root, ""}, signer).value();
    {
      const auto store = open(folder_.path()).value();
      append(*store, 5);
      commit(*store, [&](Transaction& transaction) { transaction.put_checkpoint("log/h52", size, note); });
    }
    return open(folder_.path(), "log/h52");
  }
};

TEST_F(SqliteCheckpoint, OursMustFitTheLog) { EXPECT_TRUE(reopen_with(4, expected_root(4))); }

TEST_F(SqliteCheckpoint, ALogShorterThanWhatWeSignedIsRefused) {
  EXPECT_EQ(reopen_with(6, expected_root(6)).error().reason, "LOG_BEHIND_CHECKPOINT");
}

TEST_F(SqliteCheckpoint, ALogOtherThanWhatWeSignedIsRefused) {
  EXPECT_EQ(reopen_with(4, Sha256::of("other")).error().reason, "LOG_FORKED");
}

TEST_F(SqliteRecovery, MoreReadersThanConnectionsReadWhileOneWrites) {
  const auto store = open(folder_.path()).value();
  std::atomic<bool> writing = true;
  std::vector<std::thread> readers;
  for (int t = 0; t < 8; ++t) {
    readers.emplace_back([&] {
      std::uint64_t last = 0;
      while (writing) {
        const auto size = store->log_size();
        EXPECT_GE(size, last);
        if (size > 0) {
          EXPECT_EQ(store->receipts_due(0, size, 1).size(), 0U);
          EXPECT_TRUE(store->prove(size / 2, size));
        }
        last = size;
      }
    });
  }
  append(*store, 300);  // fills tiles, too
  writing = false;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(store->log_root(300).value(), expected_root(300));
}

}  // namespace
}  // namespace tram::store
