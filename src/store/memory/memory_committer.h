// The committer of a memory store, as tasks of an executor.
#pragma once

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
  [[nodiscard]] ClaimTable& claims() { return claims_; }
  [[nodiscard]] Turns& turns() { return turns_; }

 private:
  struct Answer {
    exchange::Completion done;
    Result<void> result;
  };

  void post_step();
  void post_finish();
  void step();
  void finish();
  [[nodiscard]] Result<std::vector<Answer>> commit(std::vector<WaitingUnit> batch);
  [[nodiscard]] static std::vector<Answer> refuse(std::vector<WaitingUnit> batch);
  [[nodiscard]] std::vector<Answer> write(std::vector<WaitingUnit> batch);
  void answer(std::vector<Answer> answers);
  void fail(const Error& error);

  const std::shared_ptr<MemoryDisk> disk_;
  exchange::ContentStore& contents_;
  Executor& executor_;
  const FailureHandler on_failure_;
  ClaimTable claims_;
  Turns turns_;
  std::mutex mutex_;  // of what follows
  UnitQueue queue_;
  std::vector<WaitingUnit> writing_;  // the batch that was taken
  bool running_ = false;              // a step is posted or at work
  bool failed_ = false;
};

}  // namespace tram::store
