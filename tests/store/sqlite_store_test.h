// A message store on SQLite in a folder of its own, for tests of how it does its work.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>

#include "store/memory/memory_content_store.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/temporary_folder.h"

namespace tram::store {

class SqliteStoreTest : public testing::Test {
 protected:
  void open() {
    store_.reset();
    store_ = SqliteMessageStore::open(folder_.path(),
                                      {contents_, [](const Error& error) { ADD_FAILURE() << error.text(); }})
                 .value();
  }
  /// One unit; waits for its commit.
  void commit(const std::function<void(exchange::Transaction&)>& work) {
    std::promise<void> answered;
    store_->submit(
        [&](exchange::Transaction& transaction) -> Result<void> {
          work(transaction);
          return {};
        },
        [&](const Result<void>& done) {
          EXPECT_TRUE(done);
          answered.set_value();
        });
    answered.get_future().wait();
  }

  const contract::TemporaryFolder folder_;
  MemoryContentStore contents_{std::make_shared<MemoryContentDisk>()};
  std::unique_ptr<SqliteMessageStore> store_;
};

}  // namespace tram::store
