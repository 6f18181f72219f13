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

/// One task at a time runs a batch; completions are tasks of their own, so that a simulated crash can fall
/// between commit and answer. Tasks of a committer that is destroyed do nothing. Threads: any.
class MemoryCommitter : public std::enable_shared_from_this<MemoryCommitter> {
 public:
  MemoryCommitter(std::shared_ptr<MemoryDisk> disk, exchange::ContentStore& contents, Executor& executor,
                  FailureHandler on_failure);

  void submit(exchange::UnitOfWork work, exchange::Completion done, bool urgent);
  [[nodiscard]] ClaimTable& claims() { return claims_; }
  [[nodiscard]] Turns& turns() { return turns_; }

 private:
  struct Answer {
    exchange::Completion done;
    Result<void> result;
  };

  void post_step();
  void step();
  [[nodiscard]] Result<std::vector<Answer>> commit(std::vector<WaitingUnit> batch);
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
  bool running_ = false;  // a step is posted or at work
  bool failed_ = false;
};

}  // namespace tram::store
