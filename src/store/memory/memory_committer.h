// The committer of a memory store, as tasks of an executor.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "base/executor.h"
#include "store/claim_table.h"
#include "store/failure_handler.h"
#include "store/memory/memory_disk.h"
#include "store/turns.h"
#include "store/unit_queue.h"

namespace tram::store {

/// A batch is taken by one task, written and synced by the next; completions are tasks of their own, so that
/// a simulated crash can fall before the write, into it, and between commit and answer. Tasks of a committer
/// that is destroyed do nothing. On start a torn write is taken back. Threads: any.
class MemoryCommitter : public std::enable_shared_from_this<MemoryCommitter> {
 public:
  MemoryCommitter(std::shared_ptr<MemoryDisk> disk, exchange::ContentStore& contents, Executor& executor,
                  FailureHandler on_failure);

  void submit(exchange::UnitOfWork work, exchange::Completion done, bool urgent);
  /// What is not synced is gone, but for so much of the batch that is being written. Nothing is committed or
  /// answered afterwards.
  void lose_power(LastWrite last);
  void run_twice(bool twice) { twice_ = twice; }
  [[nodiscard]] ClaimTable& claims() { return claims_; }
  [[nodiscard]] Turns& turns() { return turns_; }

 private:
  struct Answer {
    exchange::Completion done;
    Result<void> result;
  };

  // What a batch's units answered, and which claims end with it.
  struct Work {
    std::vector<Result<void>> results;
    std::vector<exchange::QueueRow> removed;
    std::vector<exchange::QueueRow> unclaimed;
  };

  void post_step();
  void post_finish();
  void step();
  void finish();
  [[nodiscard]] Result<std::vector<Answer>> commit(std::vector<WaitingUnit> batch);
  [[nodiscard]] std::vector<Answer> refuse(std::vector<WaitingUnit> batch);
  [[nodiscard]] std::vector<Answer> write(std::vector<WaitingUnit> batch);
  [[nodiscard]] Work run_units(const std::vector<WaitingUnit>& batch);
  void rehearse(const std::vector<WaitingUnit>& batch);
  void answer(std::vector<Answer> answers);
  void fail(const Error& error);

  const std::shared_ptr<MemoryDisk> disk_;
  exchange::ContentStore& contents_;
  Executor& executor_;
  const FailureHandler on_failure_;
  std::atomic<bool> twice_ = false;
  ClaimTable claims_;
  Turns turns_;
  std::mutex mutex_;  // of what follows
  UnitQueue queue_;
  std::vector<WaitingUnit> writing_;  // the batch that was taken
  bool running_ = false;              // a step is posted or at work
  bool failed_ = false;
};

}  // namespace tram::store
