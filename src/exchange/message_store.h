// Port: messages, queues, the registry and the log, in one transactional store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "exchange/alarm_store.h"
#include "exchange/content_store.h"
#include "exchange/retention_store.h"
#include "model/delivery.h"
#include "model/evidence_record.h"
#include "model/forwarding.h"
#include "model/message.h"
#include "model/receipt.h"
#include "model/registry.h"
#include "model/verdict.h"

namespace tram::exchange {

/// Row numbers grow with time and are never used twice.
enum class MessageRow : std::int64_t {};
enum class QueueRow : std::int64_t {};

/// What a message says: its header and its verdict, read.
struct Reading {
  Header header;
  Verdict verdict;
};

/// A message as stored.
struct StoredMessage {
  MessageRow row{};  ///< set by the store
  MessageKey key;
  MessageKind kind = MessageKind::dispatch;
  Priority priority = Priority::routine;
  Bytes header;        ///< verbatim
  Bytes signature;     ///< verbatim, without certificates
  Digest certificate;  ///< of the signer
  Digest header_digest;
  Digest submitted_digest;                ///< codec::submitted_digest, for idempotency at the accepting node
  std::vector<ContentLocation> contents;  ///< one an attachment, in the header's order
  std::vector<MessageKey> references;     ///< earlier messages it names; found by statuses_of()
  std::string from_link;                  ///< the peer it came from; empty: accepted here from the sender
  std::vector<AgencyCode> trace;          ///< nodes passed before this one
  Timestamp stored_at;
  Bytes verdict;                                ///< codec::write_verdict
  std::uint64_t log_index = 0;                  ///< of its acceptance record
  std::optional<Timestamp> contents_pruned_at;  ///< since then `contents` is empty, whatever the header names
  std::shared_ptr<const Reading> reading;       ///< where it is in memory still; never stored, so often null
};

/// What deduplication needs of a stored message.
struct KnownMessage {
  MessageRow row{};
  Digest header_digest;
  Digest submitted_digest;
  std::string from_link;
  Timestamp stored_at;
  std::uint64_t log_index = 0;
};

/// One recipient of a message: kept where its sender or the recipient is local.
struct RecipientRow {
  AgencyCode agency;
  RecipientState state = RecipientState::accepted;
  std::string reason;  ///< of a dead letter or its closing: "REASON: a sentence"
  std::optional<StatusCode> last_status;
  Timestamp updated_at;
  std::uint32_t retries = 0;  ///< how often an operator had it tried again
};

/// A dead letter that nobody has dealt with.
struct DeadLetter {
  MessageKey key;
  Priority priority = Priority::routine;
  RecipientRow recipient;
};

/// A range of priorities, both ends included.
struct Classes {
  int lowest = 0;
  int highest = 4;
};

/// One copy of a message for a link, or a receipt bundle for it.
struct OutgoingItem {
  QueueRow row{};
  std::string link;
  int priority = 0;                   ///< 0 to 4; higher first
  AgencyCode sender;                  ///< whose turn it takes; empty for bundles; not read back
  std::optional<MessageRow> message;  ///< empty: `bundle` is sent
  std::vector<MessageRow> after;      ///< queued `blocked` while one of these is in the queue; not read back
  std::vector<AgencyCode> recipients;
  Bytes bundle;  ///< codec::write_bundle
  QueueState state = QueueState::waiting;
  std::uint32_t attempts = 0;
  std::string reason;       ///< the last failure
  std::uint32_t retry = 0;  ///< the recipients' `retries`
  Timestamp queued_at;
  MessageKey key;  ///< of the message, set by load_hop(); not kept
};

/// One message in one recipient's inbox.
struct InboxItem {
  QueueRow row{};
  MessageRow message{};
  AgencyCode agency;
  std::string inbox;
  int priority = 0;
  AgencyCode sender;              ///< whose turn it takes; not read back
  std::vector<MessageRow> after;  ///< as in OutgoingItem
  QueueState state = QueueState::waiting;
  std::uint32_t attempts = 0;  ///< claims so far in this process
  bool redelivered =
      false;  ///< it may have been handed over before: claimed before, or queued before this start
  Timestamp queued_at;
};

/// A log entry as the transaction sees it.
struct LogEntry {
  std::uint64_t index = 0;
  Bytes record;
  std::optional<MessageRow> message;
  std::string receipt_link;  ///< the link its receipt goes to; empty: none is sent
};

/// Another node's record about a message of ours, checked.
struct StoredReceipt {
  EvidenceEvent event{};
  AgencyCode node;
  ProvenRecord proof;
  std::string origin;
  std::uint64_t checkpoint_size = 0;  ///< with origin, the key of the stored checkpoint note
};

/// What a unit of work may do. Valid only inside it, on its thread. Reads see the unit's own writes. An I/O
/// failure ends the whole transaction: methods do not report it, the unit's completion does.
class Transaction {
 public:
  virtual ~Transaction() = default;

  [[nodiscard]] virtual std::optional<KnownMessage> find(const MessageKey& key) = 0;
  [[nodiscard]] virtual StoredMessage load(MessageRow row) = 0;
  /// The key must be new; answers its row.
  virtual MessageRow insert(const StoredMessage& message) = 0;

  [[nodiscard]] virtual std::vector<RecipientRow> recipients(MessageRow message) = 0;
  [[nodiscard]] virtual std::optional<RecipientRow> recipient(MessageRow message,
                                                              const AgencyCode& agency) = 0;
  virtual void put_recipient(MessageRow message, const RecipientRow& recipient) = 0;  ///< inserts or replaces

  /// Queues an item for its link. It is `blocked` instead of `waiting` as long as a message of its `after` is
  /// in the same queue, unless that is dead: whatever happens, it cannot overtake it.
  virtual QueueRow queue_outgoing(const OutgoingItem& item) = 0;
  [[nodiscard]] virtual std::optional<OutgoingItem> outgoing(QueueRow row) = 0;
  /// All of a message, on every link.
  [[nodiscard]] virtual std::vector<OutgoingItem> outgoing_of(MessageRow message) = 0;
  /// Keeps an item from being claimed until this unit is committed or has failed. False if somebody claims
  /// it, or claimed it before in this process: it may have left then, as may what was queued earlier (see
  /// MessageStore::may_have_left()). What went on without it meanwhile is to be woken afterwards.
  [[nodiscard]] virtual bool withhold(QueueRow row) = 0;
  /// Not empty.
  virtual void set_outgoing_recipients(QueueRow row, const std::vector<AgencyCode>& recipients) = 0;
  /// True if something that it blocked waits from now on.
  virtual bool remove_outgoing(QueueRow row) = 0;
  /// Changes state, attempts and reason; the claim on it ends unless it stays `waiting`. What is dead blocks
  /// nothing: true as for remove_outgoing().
  virtual bool update_outgoing(QueueRow row, QueueState state, std::uint32_t attempts,
                               const std::string& reason) = 0;

  virtual QueueRow queue_inbox(const InboxItem& item) = 0;  ///< as queue_outgoing()
  [[nodiscard]] virtual std::optional<InboxItem> inbox_item(MessageRow message, const AgencyCode& agency) = 0;
  virtual bool remove_inbox(QueueRow row) = 0;  ///< as remove_outgoing()

  /// Raises what is queued of `message`, and what blocks it, on every link and inbox, to at least `priority`:
  /// what is more urgent and names it goes no sooner than it.
  virtual void raise_priority(MessageRow message, int priority) = 0;

  /// Adds an entry to the log; answers its index. `record` at most 65,535 bytes.
  virtual std::uint64_t append_record(const Bytes& record, std::optional<MessageRow> message,
                                      const std::string& receipt_link) = 0;
  /// Entries in the log so far, this unit's own included: the index that the next append_record() will
  /// answer.
  [[nodiscard]] virtual std::uint64_t log_size() = 0;
  /// Log entries below this index have had their receipts queued.
  virtual void set_receipt_cursor(std::uint64_t index) = 0;
  [[nodiscard]] virtual std::uint64_t receipt_cursor() = 0;
  /// Keeps a checkpoint of that origin and size, ours or another's, as log::open_signed_checkpoint() gives
  /// it. If one is kept already it stays, and proofs are made of it: log::require_same_root() of the two, so
  /// FAILED_PRECONDITION, LOG_FORKED if the log told two histories. Then nothing may be kept that only the
  /// other one proves.
  virtual Result<void> put_checkpoint(const std::string& origin, std::uint64_t size, const Bytes& note) = 0;
  /// False if this very record is kept already.
  virtual bool put_receipt(MessageRow message, const StoredReceipt& receipt) = 0;

  virtual void put_forwarding(MessageRow message, const AgencyCode& to, const Forwarding& forwarding) = 0;
  virtual void put_certificate(const Digest& sha256,
                               const Bytes& der) = 0;               ///< keeping it again changes nothing
  virtual void put_registry_entry(const RegistryEntry& entry) = 0;  ///< inserts or replaces by certificate

  [[nodiscard]] virtual Pruning& pruning() = 0;   ///< valid as long as the transaction
  [[nodiscard]] virtual AlarmRows& alarms() = 0;  ///< valid as long as the transaction
};

/// Runs inside the transaction; an error it returns undoes its own writes alone and is its completion's
/// answer. It may run more than once, and then only the last run counts: what it leaves outside the
/// transaction it sets anew each time, and what it did it leaves to its completion to tell. If that gets
/// an error, no run counts, and the error may be one of all units that were to be committed together.
using UnitOfWork = std::function<Result<void>(Transaction&)>;
/// Called after the commit is durable, or after the unit failed. On a thread of the store: short, never
/// blocking.
using Completion = std::function<void(Result<void>)>;

/// Filters of the operator's list.
struct QueueFilter {
  std::optional<QueueState> state;  ///< empty: all kept
  std::size_t limit = 100;
};

/// One line of the operator's list: a copy for a link or an entry of an inbox.
struct QueueEntry {
  MessageKey key;
  std::variant<OutgoingItem, InboxItem> item;
};

/// A place in the list of an inbox: the highest priority first, then the oldest.
struct InboxPlace {
  int priority = 0;
  QueueRow row{};
};

/// One line of an inbox's list.
struct InboxEntry {
  MessageKey key;
  MessageKind kind = MessageKind::dispatch;
  Timestamp stored_at;   ///< when the message arrived at this node
  InboxItem item;        ///< `redelivered` leaves a claim that lasts out of account, as claim_inbox() does
  bool claimed = false;  ///< a stream holds it now
};

/// Counts for operators and metrics.
struct StoreCounts {
  std::uint64_t messages = 0;
  std::uint64_t waiting_inbox = 0;
  std::uint64_t log_size = 0;
};

/// Durability: a completion with success means that the unit's writes, and the content appended before it,
/// survive power loss. Consistency: units run one after another in the order of submission within one
/// urgency; readers see committed states. Natural batching: whatever waits is committed together, at most 256
/// units, 32 while urgent ones wait. After a failed commit or sync the store calls its failure handler, which
/// ends the process; nothing is answered any more. Threads: every method, any thread. Readers and claims may
/// block on the disk: call them from workers. Several daemons may share one store (PostgreSQL): a claim has
/// an owner, and ends with it.
class MessageStore {
 public:
  virtual ~MessageStore() = default;

  /// Queues a unit. `urgent` ones run before others that wait.
  virtual void submit(UnitOfWork work, Completion done, bool urgent = false) = 0;

  [[nodiscard]] virtual std::optional<KnownMessage> find(const MessageKey& key) const = 0;
  /// NOT_FOUND if it is gone.
  [[nodiscard]] virtual Result<StoredMessage> load(MessageRow row) const = 0;
  [[nodiscard]] virtual std::vector<RecipientRow> recipients(MessageRow message) const = 0;
  [[nodiscard]] virtual std::optional<InboxItem> inbox_item(MessageRow message,
                                                            const AgencyCode& agency) const = 0;

  /// Waiting items of a link in some classes that nobody claims; claims them for `owner`, at most `limit`.
  /// The highest class first, but one item in eight is of the lowest that waits; within a class senders take
  /// turns, and one sender's items keep their order.
  [[nodiscard]] virtual std::vector<OutgoingItem> claim_outgoing(const std::string& link,
                                                                 const Classes& among,
                                                                 const std::string& owner,
                                                                 std::size_t limit) = 0;
  [[nodiscard]] virtual std::vector<InboxItem> claim_inbox(const AgencyCode& agency, const std::string& inbox,
                                                           const std::string& owner, std::size_t limit) = 0;
  /// Ends all of an owner's claims: its items wait again, in their old place. Owners are never used twice:
  /// they fence.
  virtual void release_claims(const std::string& owner) = 0;
  /// True while `owner` claims the item of this message for this agency.
  [[nodiscard]] virtual bool holds_claim(const std::string& owner, QueueRow row) const = 0;

  /// True unless the item was queued in this process and never claimed: whether it reached the other side is
  /// then certain, it did not.
  [[nodiscard]] virtual bool may_have_left(QueueRow row) const = 0;
  /// Outgoing items that wait or are blocked since before `queued_before`, that nobody claims, the oldest
  /// first.
  [[nodiscard]] virtual std::vector<OutgoingItem> overdue_outgoing(Timestamp queued_before,
                                                                   std::size_t limit) const = 0;
  /// Messages stored since a time, with a row greater than `after`, in order of rows. What was stored before
  /// is not read: what a clock that was set back for long dates earlier may be missing, with what stands
  /// before it.
  [[nodiscard]] virtual std::vector<StoredMessage> stored_since(Timestamp since, MessageRow after,
                                                                std::size_t limit) const = 0;
  /// The same of messages that came from the peer of a link.
  [[nodiscard]] virtual std::vector<StoredMessage> stored_from(const std::string& link, Timestamp since,
                                                               MessageRow after, std::size_t limit) const = 0;
  /// Of messages accepted here, the latest message first.
  [[nodiscard]] virtual std::vector<DeadLetter> dead_letters(std::size_t limit) const = 0;

  [[nodiscard]] virtual std::uint64_t count_outgoing(const std::string& link) const = 0;
  [[nodiscard]] virtual std::vector<QueueEntry> list_queues(const QueueFilter& filter) const = 0;
  /// What waits in one inbox behind `after` (from the beginning if empty), claimed or not, at most `limit`.
  /// Claims nothing. What is raised meanwhile may be missing.
  [[nodiscard]] virtual std::vector<InboxEntry> list_inbox(const AgencyCode& agency, const std::string& inbox,
                                                           const std::optional<InboxPlace>& after,
                                                           std::size_t limit) const = 0;
  [[nodiscard]] virtual StoreCounts counts() const = 0;

  /// The log: sizes and roots are of committed entries only.
  [[nodiscard]] virtual std::uint64_t log_size() const = 0;
  [[nodiscard]] virtual Result<Digest> log_root(std::uint64_t size) const = 0;
  [[nodiscard]] virtual Result<std::vector<Digest>> prove(std::uint64_t index, std::uint64_t size) const = 0;
  /// Entries in [from, to) whose receipt goes to a link, at most `limit`, in order.
  [[nodiscard]] virtual std::vector<LogEntry> receipts_due(std::uint64_t from, std::uint64_t to,
                                                           std::size_t limit) const = 0;
  [[nodiscard]] virtual std::uint64_t receipt_cursor() const = 0;
  /// Our own entries about a message, in order.
  [[nodiscard]] virtual std::vector<LogEntry> entries_of(MessageRow message) const = 0;
  [[nodiscard]] virtual std::vector<StoredReceipt> receipts_of(MessageRow message) const = 0;
  [[nodiscard]] virtual std::optional<Bytes> checkpoint(const std::string& origin,
                                                        std::uint64_t size) const = 0;
  /// The newest kept checkpoint of a log.
  [[nodiscard]] virtual std::optional<Bytes> latest_checkpoint(const std::string& origin) const = 0;

  /// How the message came to a recipient that its sender did not name.
  [[nodiscard]] virtual std::optional<Forwarding> forwarding(MessageRow message,
                                                             const AgencyCode& to) const = 0;
  [[nodiscard]] virtual std::optional<Bytes> certificate(const Digest& sha256) const = 0;
  [[nodiscard]] virtual std::vector<RegistryEntry> registry() const = 0;
  /// Status messages stored here that name this message, oldest first, at most `limit`.
  [[nodiscard]] virtual std::vector<StoredMessage> statuses_of(const MessageKey& named,
                                                               std::size_t limit) const = 0;

  [[nodiscard]] virtual const RetentionView& retention() const = 0;
  [[nodiscard]] virtual const AlarmView& alarms() const = 0;
};

}  // namespace tram::exchange
