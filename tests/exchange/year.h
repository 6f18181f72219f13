// A year of one node's stores on virtual time: real files, the real housekeeper, and days of documents
// written as the exchange writes them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "exchange/housekeeper.h"
#include "store/content/file_content_store.h"
#include "store/sqlite/sqlite_message_store.h"
#include "tests/contract/temporary_folder.h"
#include "tests/support/practice_signatures.h"
#include "tests/support/values.h"

namespace tram::sim {

/// Wall and steady time together, moved by the test. Threads: any.
class YearClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return from_micros(now_.load()); }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime(Duration(now_.load())); }
  void advance(Duration time) { now_ += time.count(); }

 private:
  std::atomic<std::int64_t> now_ = 1'795'544'400'000'000;
};

/// Runs tasks and timers on the thread that asks for it; the store's thread adds some.
class YearTasks final : public Executor, public Timers {
 public:
  explicit YearTasks(YearClock& clock) : clock_(clock) {}
  void post(std::function<void()> task) override;
  [[nodiscard]] std::unique_ptr<TimerHandle> after(Duration delay, std::function<void()> task) override;

  /// Runs what comes, letting time pass up to `pause` at once, until nothing is due sooner.
  void run_until_pause(Duration pause);

 private:
  class Handle;
  [[nodiscard]] std::function<void()> next(Duration pause);

  YearClock& clock_;
  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::function<void()>> posted_;
  std::map<std::pair<SteadyTime, std::uint64_t>, std::function<void()>> timers_;
  std::uint64_t numbers_ = 0;
};

inline constexpr std::uint64_t kYearSegment = 256 * 1024;  ///< bytes of a segment

/// Bytes on the disk.
struct YearSizes {
  std::uint64_t database = 0;
  std::uint64_t write_ahead = 0;
  std::uint64_t segments = 0;
  std::uint64_t uploads = 0;
  std::uint64_t hashes = 0;  ///< of the database, the log's tiles: they stay for ever
  std::uint64_t messages = 0;
};

class Year {
 public:
  explicit Year(std::uint64_t documents_a_day);
  ~Year();

  /// One day of documents and one pass of the housekeeper.
  void day();
  [[nodiscard]] YearSizes sizes() const;
  /// What must not be lost: contents of unfinished messages read back; the number of those that are not
  /// right.
  [[nodiscard]] std::uint64_t wrong() const;
  [[nodiscard]] std::uint64_t unfinished() const { return unfinished_.size(); }
  [[nodiscard]] exchange::MessageStore& messages() { return *messages_; }
  [[nodiscard]] const exchange::Settings& settings() const { return settings_; }

 private:
  struct Document {
    std::uint64_t number = 0;
    exchange::ContentLocation content;
    bool finished = true;
  };
  void commit(const std::function<void(exchange::Transaction&)>& work);
  void store_batch(std::uint64_t count);
  void store_document(exchange::Transaction& transaction, const Document& document);
  void finish_some();
  void upload_some();
  [[nodiscard]] exchange::ContentLocation upload(std::uint64_t number, bool whole);
  [[nodiscard]] Bytes content(std::uint64_t number) const;

  const std::uint64_t documents_a_day_;
  contract::TemporaryFolder folder_;
  YearClock clock_;
  YearTasks tasks_;
  exchange::Settings settings_;
  std::unique_ptr<store::FileContentStore> contents_;
  std::unique_ptr<store::SqliteMessageStore> messages_;
  PracticeSeals seals_;
  PracticeVerifier verifier_;
  PracticeReader reader_;
  std::unique_ptr<exchange::Peers> peers_;
  std::unique_ptr<exchange::Observer> observer_;
  log::NoteSigner log_key_;
  std::unique_ptr<exchange::Services> services_;
  std::unique_ptr<exchange::DiskGuard> disk_;
  std::unique_ptr<exchange::ClockTrust> clocks_;
  std::unique_ptr<exchange::Housekeeper> housekeeper_;
  std::uint64_t documents_ = 0;
  std::uint64_t day_ = 0;
  std::map<std::uint64_t, exchange::MessageRow> unfinished_;  // by the document's number
};

}  // namespace tram::sim
