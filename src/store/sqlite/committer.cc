#include "store/sqlite/committer.h"

#include "base/turn.h"
#include "store/sqlite/sqlite_transaction.h"
#include "store/sqlite/storage_failed.h"
#include "store/unit_failed.h"

namespace tram::store {

using namespace exchange;

Committer::Committer(Database writer, Database beside, const Counters& counters, ContentStore& contents,
                     CommittedLog& log, WaitingRows& waiting, RecentMessages& recent,
                     FailureHandler on_failure, CommitListener on_commit)
    : writer_(std::move(writer)),
      counters_(counters),
      checkpointer_(std::move(beside)),
      contents_(contents),
      log_(log),
      waiting_(waiting),
      recent_(recent),
      on_failure_(std::move(on_failure)),
      on_commit_(std::move(on_commit)),
      thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::submit(UnitOfWork work, Completion done, bool urgent) {
  bool idle = false;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    idle = queue_.empty();
    queue_.push({std::move(work), std::move(done)}, urgent);
  }
  if (idle) wake_.notify_one();
}

void Committer::run() noexcept {
  writer_.count_frames(frames_);
  for (auto units = next_batch(); !units.empty(); units = next_batch()) {
    if (commit(units)) {
      checkpointer_.committed(writer_, frames_);
      continue;
    }
    const std::lock_guard lock(mutex_);
    failed_ = true;  // what waits is never answered
    return;
  }
}

// Empty at the end. Whoever fills the empty queue wakes the thread, and the predicate is read under the
// mutex: no wake-up is lost.
std::vector<WaitingUnit> Committer::next_batch() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return !queue_.empty() || stopping_; });
  return queue_.take_batch();
}

bool Committer::commit(std::vector<WaitingUnit>& units) {
  const Turn turn;
  Work work;
  const SteadyTime began = SystemClock().steady_now();
  try {
    work = run_units(units);
    if (const auto flushed = contents_.flush(); !flushed) return give_up(units, flushed.error(), false);
    finish(work.batch);
  } catch (const StorageFailed& failed) {
    return give_up(units, failed.error, failed.disk_full);
  }
  if (on_commit_)
    on_commit_(units.size(), std::chrono::duration_cast<Duration>(SystemClock().steady_now() - began));
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i].done) units[i].done(std::move(work.results[i]));
  }
  return true;
}

Committer::Work Committer::begin() {
  writer_.run("BEGIN IMMEDIATE");
  Work work;
  work.batch.counters = counters_;
  work.batch.log_size = log_.size();
  return work;
}

// To undo one unit alone takes a savepoint, within which SQLite copies each page before it is changed. Almost
// every unit that fails does so before its first change: they run without savepoints, and if one fails later
// all of them run again, with.
Committer::Work Committer::run_units(const std::vector<WaitingUnit>& units) {
  if (auto work = run_together(units)) return *std::move(work);
  roll_back();  // what they withheld stays withheld until all is over
  return run_apart(units);
}

// Nothing if a unit failed after it had changed something.
std::optional<Committer::Work> Committer::run_together(const std::vector<WaitingUnit>& units) {
  Work work = begin();
  for (const WaitingUnit& unit : units) {
    const Batch::Mark before = work.batch.mark();
    const std::int64_t changes = writer_.total_changes();
    work.results.push_back(run_unit(unit.work, work.batch));
    if (work.results.back()) continue;
    if (writer_.total_changes() != changes) return std::nullopt;
    work.batch.cut_back(before);
  }
  return work;
}

Committer::Work Committer::run_apart(const std::vector<WaitingUnit>& units) {
  Work work = begin();
  for (const WaitingUnit& unit : units) {
    const Batch::Mark before = work.batch.mark();
    writer_.run("SAVEPOINT unit");
    work.results.push_back(run_unit(unit.work, work.batch));
    if (!work.results.back()) {
      writer_.run("ROLLBACK TO unit");
      work.batch.cut_back(before);
    }
    writer_.run("RELEASE unit");
  }
  return work;
}

Result<void> Committer::run_unit(const UnitOfWork& work, Batch& batch) {
  SqliteTransaction transaction(writer_, batch, waiting_, recent_);
  try {
    return work(transaction);
  } catch (const UnitFailed& failed) {
    return failed.error;
  }
}

void Committer::finish(const Batch& batch) {
  log_.prepare(writer_, batch.new_leaves);
  writer_.run("UPDATE counters SET messages = ?, last_message = ?, last_queue_row = ?, receipt_cursor = ?",
              batch.counters.messages, batch.counters.last_message, batch.counters.last_queue_row,
              batch.counters.receipt_cursor);
  writer_.run("COMMIT");
  counters_ = batch.counters;
  for (const MessageRow row : batch.changed) recent_.forget(row);
  for (const auto& message : batch.inserted) recent_.add(message);
  waiting_.committed(batch);
  waiting_.release(kWithheld);
  log_.publish(batch.new_leaves);
  if (batch.empty_write_ahead) empty_write_ahead();
}

// Best effort: the commit stands already, and a failure of the disk shows at the next one. Readers are not
// waited for.
void Committer::empty_write_ahead() {
  try {
    writer_.execute("PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 10000");
  } catch (const StorageFailed&) {
    writer_.execute("PRAGMA busy_timeout = 10000");
  }
}

// A full disk undoes the batch and says so to every unit of it. After any other failure nobody knows what
// lies on the disk: no answer, and the end.
bool Committer::give_up(std::vector<WaitingUnit>& units, const Error& error, bool disk_full) {
  if (disk_full) {
    try {
      roll_back();
      waiting_.release(kWithheld);
      for (WaitingUnit& unit : units) {
        if (unit.done) unit.done(error);
      }
      return true;
    } catch (const StorageFailed&) {
      // cannot even roll back: as any other failure
    }
  }
  if (on_failure_) on_failure_(error);
  return false;
}

void Committer::roll_back() {
  if (writer_.in_transaction()) writer_.run("ROLLBACK");
}

}  // namespace tram::store
