#include "store/memory/memory_committer.h"

#include <utility>

#include "store/memory/memory_transaction.h"
#include "store/unit_failed.h"

namespace tram::store {

using namespace exchange;

namespace {

Result<void> run(const UnitOfWork& work, MemoryTransaction& transaction) {
  try {
    return work(transaction);
  } catch (const UnitFailed& failed) {
    return failed.error;
  }
}

}  // namespace

MemoryCommitter::MemoryCommitter(std::shared_ptr<MemoryDisk> disk, ContentStore& contents, Executor& executor,
                                 FailureHandler on_failure)
    : disk_(std::move(disk)), contents_(contents), executor_(executor), on_failure_(std::move(on_failure)) {
  const std::lock_guard lock(disk_->mutex);
  if (std::exchange(disk_->torn, false)) take_back_unsynced(*disk_);
}

void MemoryCommitter::submit(UnitOfWork work, Completion done, bool urgent) {
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    queue_.push({std::move(work), std::move(done)}, urgent);
    if (std::exchange(running_, true)) return;
  }
  post_step();
}

void MemoryCommitter::post_step() {
  executor_.post([self = weak_from_this()] {
    if (const auto committer = self.lock()) committer->step();
  });
}

void MemoryCommitter::post_finish() {
  executor_.post([self = weak_from_this()] {
    if (const auto committer = self.lock()) committer->finish();
  });
}

void MemoryCommitter::step() {
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    writing_ = queue_.take_batch();
  }
  post_finish();
}

void MemoryCommitter::finish() {
  std::vector<WaitingUnit> batch;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    batch = std::exchange(writing_, {});
  }
  auto answers = commit(std::move(batch));
  if (!answers) return fail(answers.error());
  answer(*std::move(answers));
  {
    const std::lock_guard lock(mutex_);
    running_ = !queue_.empty();
    if (!running_) return;
  }
  post_step();
}

Result<std::vector<MemoryCommitter::Answer>> MemoryCommitter::commit(std::vector<WaitingUnit> batch) {
  if (const auto flushed = contents_.flush(); !flushed) return flushed.error();
  const std::lock_guard lock(disk_->mutex);
  if (twice_) rehearse(batch);
  if (disk_->full) return refuse(std::move(batch));
  auto answers = write(std::move(batch));
  sync(*disk_);
  extend_tree(*disk_);
  return answers;
}

std::vector<MemoryCommitter::Answer> MemoryCommitter::refuse(std::vector<WaitingUnit> batch) {
  static_cast<void>(claims_.release(kWithheld));
  std::vector<Answer> answers;
  answers.reserve(batch.size());
  for (WaitingUnit& unit : batch)
    answers.push_back({std::move(unit.done), failure(ErrorCode::resource_exhausted, "DISK_FULL",
                                                     "the disk of the message store is full",
                                                     "free space; nothing was stored, so send again")});
  return answers;
}

// REQUIRES: the disk's mutex.
std::vector<MemoryCommitter::Answer> MemoryCommitter::write(std::vector<WaitingUnit> batch) {
  Work work = run_units(batch);
  for (const QueueRow row : work.unclaimed) claims_.end(row);
  for (const QueueRow row : work.removed) claims_.forget(row);
  static_cast<void>(claims_.release(kWithheld));
  std::vector<Answer> answers;
  answers.reserve(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i)
    answers.push_back({std::move(batch[i].done), std::move(work.results[i])});
  return answers;
}

MemoryCommitter::Work MemoryCommitter::run_units(const std::vector<WaitingUnit>& batch) {
  Work work;
  Undo& undo = disk_->unsynced;
  for (const WaitingUnit& unit : batch) {
    const std::size_t before = undo.mark();
    MemoryTransaction transaction(disk_->tables, undo, turns_, claims_);
    Result<void> result = run(unit.work, transaction);
    if (result) {
      work.removed.insert(work.removed.end(), transaction.removed().begin(), transaction.removed().end());
      work.unclaimed.insert(work.unclaimed.end(), transaction.unclaimed().begin(),
                            transaction.unclaimed().end());
    } else {
      undo.roll_back(before);
    }
    work.results.push_back(std::move(result));
  }
  return work;
}

// A run that does not count. REQUIRES: the disk's mutex.
void MemoryCommitter::rehearse(const std::vector<WaitingUnit>& batch) {
  const std::size_t before = disk_->unsynced.mark();
  static_cast<void>(run_units(batch));
  disk_->unsynced.roll_back(before);
}

void MemoryCommitter::lose_power(LastWrite last) {
  std::vector<WaitingUnit> batch;
  {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    batch = std::exchange(writing_, {});
  }
  if (last != LastWrite::lost && !contents_.flush()) last = LastWrite::lost;
  const std::lock_guard lock(disk_->mutex);
  take_back_unsynced(*disk_);
  if (last == LastWrite::lost || batch.empty()) return;
  static_cast<void>(write(std::move(batch)));
  if (last == LastWrite::whole) {
    sync(*disk_);
    return extend_tree(*disk_);
  }
  disk_->torn = true;
  take_back_unsynced(*disk_, disk_->unsynced.mark() / 2);
}

void MemoryCommitter::answer(std::vector<Answer> answers) {
  executor_.post([self = weak_from_this(), answers = std::move(answers)]() mutable {
    if (self.expired()) return;
    for (Answer& each : answers) {
      if (each.done) each.done(std::move(each.result));
    }
  });
}

void MemoryCommitter::fail(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    failed_ = true;
  }
  if (on_failure_) on_failure_(error);
}

}  // namespace tram::store
