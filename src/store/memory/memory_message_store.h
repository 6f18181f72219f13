// The message store in memory: for the simulator and for tests of the exchange.
#pragma once

#include <memory>

#include "base/executor.h"
#include "exchange/message_store.h"
#include "store/failure_handler.h"
#include "store/memory/memory_alarms.h"
#include "store/memory/memory_disk.h"
#include "store/memory/memory_pruning.h"

namespace tram::store {

class MemoryCommitter;

/// Implements the port over a MemoryDisk. Destroying the store is a crash: units not yet committed are lost,
/// completions not yet called never are, and claims end; a new store over the same disk sees what was
/// committed. Units and completions run as tasks of `executor`, so one thread makes one exact history. Inside
/// a unit, of this class only holds_claim() may be called. Threads: any.
class MemoryMessageStore : public exchange::MessageStore {
 public:
  /// `contents` (flushed before each commit) and `executor` must outlive the store.
  MemoryMessageStore(std::shared_ptr<MemoryDisk> disk, exchange::ContentStore& contents, Executor& executor,
                     FailureHandler on_failure = {});
  ~MemoryMessageStore() override;

  /// The power fails: what is not synced is gone, but for so much of the batch that is being written.
  /// Whatever submitted units must still be there. Afterwards the store can only be destroyed.
  void lose_power(LastWrite last);
  /// From now on each batch is run, undone and run again: any store may do so, see UnitOfWork.
  void run_units_twice(bool twice);

  void submit(exchange::UnitOfWork work, exchange::Completion done, bool urgent = false) override;
  [[nodiscard]] std::optional<exchange::KnownMessage> find(const MessageKey& key) const override;
  [[nodiscard]] Result<exchange::StoredMessage> load(exchange::MessageRow row) const override;
  [[nodiscard]] std::vector<exchange::RecipientRow> recipients(exchange::MessageRow message) const override;
  [[nodiscard]] std::optional<exchange::InboxItem> inbox_item(exchange::MessageRow message,
                                                              const AgencyCode& agency) const override;
  [[nodiscard]] std::vector<exchange::OutgoingItem> claim_outgoing(const std::string& link,
                                                                   const exchange::Classes& among,
                                                                   const std::string& owner,
                                                                   std::size_t limit) override;
  [[nodiscard]] std::vector<exchange::InboxItem> claim_inbox(const AgencyCode& agency,
                                                             const std::string& inbox,
                                                             const std::string& owner,
                                                             std::size_t limit) override;
  void release_claims(const std::string& owner) override;
  [[nodiscard]] bool holds_claim(const std::string& owner, exchange::QueueRow row) const override;
  [[nodiscard]] bool may_have_left(exchange::QueueRow row) const override;
  [[nodiscard]] std::vector<exchange::OutgoingItem> overdue_outgoing(Timestamp queued_before,
                                                                     std::size_t limit) const override;
  [[nodiscard]] std::vector<exchange::StoredMessage> stored_from(const std::string& link, Timestamp since,
                                                                 exchange::MessageRow after,
                                                                 std::size_t limit) const override;
  [[nodiscard]] std::vector<exchange::StoredMessage> stored_since(Timestamp since, exchange::MessageRow after,
                                                                  std::size_t limit) const override;
  [[nodiscard]] std::vector<exchange::DeadLetter> dead_letters(std::size_t limit) const override;
  [[nodiscard]] std::uint64_t count_outgoing(const std::string& link) const override;
  [[nodiscard]] std::vector<exchange::QueueEntry> list_queues(
      const exchange::QueueFilter& filter) const override;
  [[nodiscard]] std::vector<exchange::InboxEntry> list_inbox(const AgencyCode& agency,
                                                             const std::string& inbox,
                                                             const std::optional<exchange::InboxPlace>& after,
                                                             std::size_t limit) const override;
  [[nodiscard]] exchange::StoreCounts counts() const override;
  [[nodiscard]] std::uint64_t log_size() const override;
  [[nodiscard]] Result<Digest> log_root(std::uint64_t size) const override;
  [[nodiscard]] Result<std::vector<Digest>> prove(std::uint64_t index, std::uint64_t size) const override;
  [[nodiscard]] std::vector<exchange::LogEntry> receipts_due(std::uint64_t from, std::uint64_t to,
                                                             std::size_t limit) const override;
  [[nodiscard]] std::uint64_t receipt_cursor() const override;
  [[nodiscard]] std::vector<exchange::LogEntry> entries_of(exchange::MessageRow message) const override;
  [[nodiscard]] std::vector<exchange::StoredReceipt> receipts_of(exchange::MessageRow message) const override;
  [[nodiscard]] std::optional<Bytes> checkpoint(const std::string& origin, std::uint64_t size) const override;
  [[nodiscard]] std::optional<Bytes> latest_checkpoint(const std::string& origin) const override;
  [[nodiscard]] std::optional<Forwarding> forwarding(exchange::MessageRow message,
                                                     const AgencyCode& to) const override;
  [[nodiscard]] std::optional<Bytes> certificate(const Digest& sha256) const override;
  [[nodiscard]] std::vector<RegistryEntry> registry() const override;
  [[nodiscard]] std::vector<exchange::StoredMessage> statuses_of(const MessageKey& named,
                                                                 std::size_t limit) const override;
  [[nodiscard]] const exchange::RetentionView& retention() const override { return retention_; }
  [[nodiscard]] const exchange::AlarmView& alarms() const override { return alarms_; }

 private:
  /// With its claims so far; `present` of them say nothing of an earlier hand-over.
  [[nodiscard]] exchange::InboxItem with_attempts(exchange::InboxItem item, std::uint32_t present = 0) const;
  [[nodiscard]] std::vector<exchange::QueueRow> claim_rows(const std::string& queue,
                                                           const exchange::Classes& among,
                                                           const std::string& owner, std::size_t limit);
  [[nodiscard]] MessageKey key_of(std::optional<exchange::MessageRow> message) const;

  const std::shared_ptr<MemoryDisk> disk_;
  const MemoryRetentionView retention_{*disk_};
  const MemoryAlarmView alarms_{*disk_};
  const std::shared_ptr<MemoryCommitter> committer_;
  std::map<std::string, std::uint64_t> served_;  // by queue; guarded by the disk's mutex
  const std::int64_t
      queued_before_start_;  // queue rows up to here may have been handed over by a predecessor
};

}  // namespace tram::store
