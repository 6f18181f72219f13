// The one writer: a thread that commits whatever waits.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "store/commit_listener.h"
#include "store/failure_handler.h"
#include "store/recent_messages.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/committed_log.h"
#include "store/sqlite/database.h"
#include "store/sqlite/waiting_rows.h"
#include "store/unit_queue.h"

namespace tram::store {

/// Owns the writing connection. Each batch: the units one after another; the contents' flush; the commit;
/// then claims, the log, the completions and the checkpoint, in this order. Threads: submit() any.
class Committer {
 public:
  /// The references must outlive it. `writer` has no transaction open; `beside` is another connection.
  Committer(Database writer, Database beside, const Counters& counters, exchange::ContentStore& contents,
            CommittedLog& log, WaitingRows& waiting, RecentMessages& recent, FailureHandler on_failure,
            CommitListener on_commit);
  /// Commits and answers all that was submitted, unless it has failed.
  ~Committer();

  void submit(exchange::UnitOfWork work, exchange::Completion done, bool urgent);

 private:
  // What a batch's units did, and each unit's answer.
  struct Work {
    Batch batch;
    std::vector<Result<void>> results;
  };

  void run() noexcept;
  [[nodiscard]] std::vector<WaitingUnit> next_batch();
  [[nodiscard]] bool commit(std::vector<WaitingUnit>& units);
  [[nodiscard]] Work run_units(const std::vector<WaitingUnit>& units);
  [[nodiscard]] std::optional<Work> run_together(const std::vector<WaitingUnit>& units);
  [[nodiscard]] Work run_apart(const std::vector<WaitingUnit>& units);
  [[nodiscard]] Work begin();
  [[nodiscard]] Result<void> run_unit(const exchange::UnitOfWork& work, Batch& batch);
  void finish(const Batch& batch);
  void empty_write_ahead();
  [[nodiscard]] bool give_up(std::vector<WaitingUnit>& units, const Error& error, bool disk_full);
  void roll_back();

  Database writer_;    // the thread's alone, as are the next three
  Counters counters_;  // as committed
  int frames_ = 0;     // of the write-ahead file
  Checkpointer checkpointer_;
  exchange::ContentStore& contents_;
  CommittedLog& log_;
  WaitingRows& waiting_;
  RecentMessages& recent_;
  const FailureHandler on_failure_;
  const CommitListener on_commit_;
  std::mutex mutex_;  // of the next four
  std::condition_variable wake_;
  UnitQueue queue_;
  bool stopping_ = false;
  bool failed_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace tram::store
