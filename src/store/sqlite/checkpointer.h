// Moves what the write-ahead file holds into the database, beside the commits.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

#include "store/sqlite/database.h"

namespace tram::store {

/// The bulk of a checkpoint is done on a thread of its own; only what was committed meanwhile is done between
/// two commits, so that the file can begin anew. Best effort: a failure leaves the file as it is, and a disk
/// that fails shows at the next commit.
class Checkpointer {
 public:
  /// Frames of the write-ahead file: with so many a checkpoint begins; with so many commits wait for it.
  struct Limits {
    int begin = 8192;  ///< 32 MiB of pages of 4 KiB
    int wait = 4 * 8192;
  };

  /// `own` is another connection than the writer's.
  explicit Checkpointer(Database own) : Checkpointer(std::move(own), Limits()) {}
  Checkpointer(Database own, Limits limits);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// After each commit, on the writer's thread; `frames` are in the write-ahead file now.
  void committed(Database& writer, int frames);
  /// Waits for the end of what the thread has begun.
  void rest();

 private:
  enum class State : std::uint8_t { idle, begun, done, stopping };
  void run();

  const Limits limits_;
  Database own_;      // the thread's
  std::mutex mutex_;  // of the next two
  std::condition_variable changed_;
  State state_ = State::idle;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace tram::store
