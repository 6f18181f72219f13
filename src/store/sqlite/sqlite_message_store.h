// The embedded message store: one SQLite file, one writer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "exchange/message_store.h"
#include "store/commit_listener.h"
#include "store/failure_handler.h"
#include "store/sqlite/schema_copy.h"

namespace tram::store {

struct SqliteOptions {
  exchange::ContentStore& contents;  ///< flushed before each commit; must outlive the store
  FailureHandler on_failure;         ///< see there; also called when a reader finds the store damaged
  std::string origin = {};           ///< our log's name: its latest checkpoint must fit what is stored
  int page_size = 4096;              ///< of a new file, in bytes: a power of two from 512 to 65536
  std::string vfs = {};              ///< SQLite's name of what is below it; empty: the system's files
  /// After an unclean end a database of at most so many bytes is looked through at the start.
  std::uint64_t check_bytes = 4ULL << 30;
  SchemaCopied on_schema_copy = {};  ///< may be empty
  CommitListener on_commit = {};     ///< may be empty
};

/// Implements the port in `folder`/messages.db. Destroying the store commits and answers what was submitted.
/// Completions run on the committer's thread. Threads: any.
class SqliteMessageStore final : public exchange::MessageStore {
 public:
  /// Creates the folder and the tables, or migrates them, having copied them to `folder`/schema-N before;
  /// then recovers. FAILED_PRECONDITION (FOLDER_IN_USE, STORE_TOO_NEW, STORE_COPY_FAILED), DATA_LOSS
  /// (STORE_CORRUPT, LOG_BEHIND_CHECKPOINT, LOG_FORKED), INTERNAL: all with a remedy.
  [[nodiscard]] static Result<std::unique_ptr<SqliteMessageStore>> open(const std::string& folder,
                                                                        SqliteOptions options);
  ~SqliteMessageStore() override;

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
  [[nodiscard]] const exchange::RetentionView& retention() const override;
  [[nodiscard]] const exchange::AlarmView& alarms() const override;

  /// A copy of all that is committed at this moment, as a database of its own; the store goes on. `path` must
  /// not exist. Blocks; INTERNAL or RESOURCE_EXHAUSTED with the system's word if it cannot be written.
  [[nodiscard]] Result<void> copy_to(const std::string& path) const;

 private:
  struct Parts;
  explicit SqliteMessageStore(std::unique_ptr<Parts> parts);

  /// Runs a reader on a pooled connection; a failure goes to the handler, and the answer is empty.
  template <class Reader>
  auto read(Reader reader) const;
  template <class Claim>
  auto guarded(Claim claim) const;
  void mark(exchange::InboxItem& item, std::uint32_t earlier_claims) const;

  const std::unique_ptr<Parts> parts_;
};

}  // namespace tram::store
