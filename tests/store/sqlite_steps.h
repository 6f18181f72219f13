// How much SQLite works.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <functional>

namespace tram::store {

/// Counts the steps of SQLite's virtual machine on all connections that are opened while it lives. One at a
/// time in a process.
class SqliteSteps {
 public:
  SqliteSteps() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch)); }
  ~SqliteSteps() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch)); }
  SqliteSteps(const SqliteSteps&) = delete;
  SqliteSteps& operator=(const SqliteSteps&) = delete;

  /// Steps that `work` takes, to about a hundred for each statement in it.
  [[nodiscard]] std::uint64_t of(const std::function<void()>& work) const {
    const std::uint64_t before = hundreds();
    work();
    return (hundreds() - before) * 100;
  }

 private:
  static std::atomic<std::uint64_t>& hundreds() {
    static std::atomic<std::uint64_t> count = 0;
    return count;
  }
  static int count(void*) {
    ++hundreds();
    return 0;
  }
  static int watch(sqlite3* database, const char**, const sqlite3_api_routines*) {
    sqlite3_progress_handler(database, 100, &count, nullptr);
    return SQLITE_OK;
  }
};

}  // namespace tram::store
