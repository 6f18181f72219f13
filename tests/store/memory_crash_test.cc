// Crashes that a simulator causes between any two tasks of a memory store.
#include <gtest/gtest.h>

#include <deque>

#include "store/memory/memory_content_store.h"
#include "store/memory/memory_message_store.h"

namespace tram::store {
namespace {

using namespace exchange;

class ManualExecutor final : public Executor {
 public:
  void post(std::function<void()> task) override { tasks_.push_back(std::move(task)); }
  /// False if there was nothing to run.
  bool run_one() {
    if (tasks_.empty()) return false;
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    task();
    return true;
  }
  void run_all() {
    while (run_one()) {
    }
  }

 private:
  std::deque<std::function<void()>> tasks_;
};

class MemoryCrash : public testing::Test {
 protected:
  MemoryCrash() { start(); }
  void start() {
    contents_ = std::make_unique<MemoryContentStore>(content_disk_);
    store_ = std::make_unique<MemoryMessageStore>(disk_, *contents_, executor_);
  }
  void crash() {
    store_.reset();
    contents_.reset();
    executor_.run_all();  // tasks of the dead do nothing
    start();
  }
  // While a batch of two is being written.
  void lose_power(LastWrite last) {
    submit();
    submit();
    EXPECT_TRUE(executor_.run_one());
    store_->lose_power(last);
    contents_->lose_power();
    executor_.run_all();
  }
  void submit() {
    store_->submit(
        [](Transaction& transaction) -> Result<void> {
          transaction.append_record("record", std::nullopt, "");
          return {};
        },
        [this](const Result<void>& result) { answers_ += result ? 1 : 0; });
  }

  const std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
  const std::shared_ptr<MemoryContentDisk> content_disk_ = std::make_shared<MemoryContentDisk>();
  ManualExecutor executor_;
  std::unique_ptr<MemoryContentStore> contents_;
  std::unique_ptr<MemoryMessageStore> store_;
  int answers_ = 0;
};

TEST_F(MemoryCrash, WhatWaitedIsLost) {
  submit();
  crash();
  EXPECT_EQ(store_->log_size(), 0U);
  EXPECT_EQ(answers_, 0);
}

TEST_F(MemoryCrash, WhatWasCommittedStaysThoughNobodyWasTold) {
  submit();
  EXPECT_TRUE(executor_.run_one());  // the batch is taken
  EXPECT_TRUE(executor_.run_one());  // written and synced
  crash();
  EXPECT_EQ(store_->log_size(), 1U);
  EXPECT_EQ(answers_, 0);
}

TEST_F(MemoryCrash, WithoutACrashEveryUnitIsAnsweredInFewBatches) {
  for (int i = 0; i < 256; ++i) submit();
  EXPECT_TRUE(executor_.run_one());  // one batch is taken
  EXPECT_TRUE(executor_.run_one());  // written and synced
  EXPECT_TRUE(executor_.run_one());  // its answers
  EXPECT_EQ(answers_, 256);
  EXPECT_FALSE(executor_.run_one());
}

TEST_F(MemoryCrash, ContentThatWasNotFlushedIsLost) {
  const auto kept = contents_->append("kept").value();
  submit();
  executor_.run_all();  // the commit flushes
  const auto lost = contents_->append("lost").value();
  crash();
  EXPECT_EQ(contents_->read(kept, 0, 9).value(), "kept");
  EXPECT_EQ(contents_->read(lost, 0, 9).error().code, ErrorCode::data_loss);
}

TEST_F(MemoryCrash, APowerCutKeepsWhatWasSynced) {
  submit();
  executor_.run_all();
  for (const auto& [last, left] :
       {std::pair(LastWrite::lost, 1U), std::pair(LastWrite::torn, 1U), std::pair(LastWrite::whole, 3U)}) {
    lose_power(last);
    crash();
    EXPECT_EQ(store_->log_size(), left) << static_cast<int>(last);
  }
  EXPECT_EQ(answers_, 1) << "nobody is told of what the power cut into";
}

TEST_F(MemoryCrash, ATornWriteIsFoundWhenTheStoreOpens) {
  lose_power(LastWrite::torn);
  EXPECT_TRUE(disk_->torn);
  EXPECT_EQ(disk_->tables.log.size(), 1U) << "half of the batch is on the disk";
  crash();
  EXPECT_FALSE(disk_->torn);
  EXPECT_EQ(store_->log_size(), 0U);
}

TEST_F(MemoryCrash, UploadsOfAnEarlierLifeDoNothing) {
  const Bytes bytes = "content";
  const Digest digest = Sha256::of(bytes);
  auto upload = contents_->resume_upload("owner", digest, bytes.size(), 0).value();
  upload->write(bytes).value();
  contents_->lose_power();
  EXPECT_FALSE(upload->finish());
  upload.reset();
  crash();
  EXPECT_EQ(contents_->upload_state("owner", digest, bytes.size())->stored, 0U);
}

}  // namespace
}  // namespace tram::store
