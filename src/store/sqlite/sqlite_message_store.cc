#include "store/sqlite/sqlite_message_store.h"

#include <algorithm>
#include <limits>

#include "store/row_number.h"
#include "store/sqlite/packing.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sqlite_parts.h"
#include "store/sqlite/storage_failed.h"

namespace tram::store {

using namespace exchange;

namespace {

template <class Read>
auto collect(Query& query, Read read) {
  std::vector<decltype(read(query))> out;
  while (query.next()) out.push_back(read(query));
  return out;
}

// Of the rows in column 0.
std::vector<StoredMessage> load_messages(Database& database, Query& query) {
  std::vector<StoredMessage> out;
  while (query.next()) {
    if (auto message = load_message(database, query.as<MessageRow>(0))) out.push_back(*std::move(message));
  }
  return out;
}

std::optional<Bytes> first_bytes(Query& query) {
  if (!query.next()) return std::nullopt;
  return query.bytes(0);
}

std::uint64_t first_number(Query& query) { return query.next() ? query.as<std::uint64_t>(0) : 0; }

// The key in columns 0 and 1; empty for bundles.
MessageKey read_key(const Query& query) { return {stored_agency(query.bytes(0)), MessageId(query.bytes(1))}; }

// Rows that are looked at together: what a clock that was set back for a while stored stands among others.
constexpr std::int64_t kTogether = 1024;

bool is_young(Database& database, std::int64_t behind, Timestamp since) {
  Query query = database.query(
      "SELECT 1 FROM (SELECT stored_at FROM message WHERE row > ? ORDER BY row LIMIT ?) WHERE stored_at >= ? "
      "LIMIT 1",
      behind, kTogether, since);
  return query.next();
}

// A row behind `after` and not far before the first that was stored since then. Rows grow with time, so it is
// found by halving, whatever lies before it; where the halves meet there may be no row, for it was pruned.
std::int64_t row_before(Database& database, Timestamp since, MessageRow after) {
  std::int64_t old = number(after);
  if (is_young(database, old, since)) return old;
  Query newest = database.query("SELECT coalesce(max(row), 0) FROM message");
  std::int64_t young = newest.next() ? newest.integer(0) : 0;
  while (young - old > kTogether) {
    const std::int64_t middle = old + (young - old) / 2;
    (is_young(database, middle, since) ? young : old) = middle;
  }
  return old;
}

// SQLite's integers are signed.
std::int64_t bounded(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace

template <class Claim>
auto SqliteMessageStore::guarded(Claim claim) const {
  try {
    return claim();
  } catch (const StorageFailed& failed) {
    if (parts_->on_failure) parts_->on_failure(failed.error);
    return decltype(claim())();
  }
}

template <class Reader>
auto SqliteMessageStore::read(Reader reader) const {
  return guarded([&] {
    ReaderPool::Lease database(parts_->readers);
    return reader(*database);
  });
}

void SqliteMessageStore::submit(UnitOfWork work, Completion done, bool urgent) {
  parts_->committer->submit(std::move(work), std::move(done), urgent);
}

std::optional<KnownMessage> SqliteMessageStore::find(const MessageKey& key) const {
  if (const auto recent = parts_->recent.get(key)) return known(*recent);
  return read([&](Database& database) { return find_message(database, key); });
}

Result<StoredMessage> SqliteMessageStore::load(MessageRow row) const {
  if (const auto recent = parts_->recent.get(row)) return *recent;
  auto message = read([&](Database& database) { return load_message(database, row); });
  if (!message)
    return failure(ErrorCode::not_found, "MESSAGE_GONE", "the message is not stored here any more");
  return *std::move(message);
}

std::vector<RecipientRow> SqliteMessageStore::recipients(MessageRow message) const {
  return read([&](Database& database) { return load_recipients(database, message); });
}

void SqliteMessageStore::mark(InboxItem& item, std::uint32_t earlier_claims) const {
  item.redelivered = earlier_claims > 0 || number(item.row) <= parts_->queued_before_start;
}

std::optional<InboxItem> SqliteMessageStore::inbox_item(MessageRow message, const AgencyCode& agency) const {
  auto item = read([&](Database& database) { return load_inbox_item(database, message, agency); });
  if (!item) return item;
  item->attempts = parts_->waiting.claims().attempts(item->row);
  mark(*item, item->attempts);
  return item;
}

std::vector<OutgoingItem> SqliteMessageStore::claim_outgoing(const std::string& link, const Classes& among,
                                                             const std::string& owner, std::size_t limit) {
  return guarded([&] { return parts_->waiting.claim_outgoing(link, among, owner, limit); });
}

std::vector<InboxItem> SqliteMessageStore::claim_inbox(const AgencyCode& agency, const std::string& inbox,
                                                       const std::string& owner, std::size_t limit) {
  auto items = guarded([&] { return parts_->waiting.claim_inbox(agency, inbox, owner, limit); });
  for (InboxItem& item : items) {
    item.attempts = parts_->waiting.claims().attempts(item.row);
    mark(item, item.attempts - 1);
  }
  return items;
}

void SqliteMessageStore::release_claims(const std::string& owner) { parts_->waiting.release(owner); }

bool SqliteMessageStore::holds_claim(const std::string& owner, QueueRow row) const {
  return parts_->waiting.claims().holds(owner, row);
}

Result<void> SqliteMessageStore::copy_to(const std::string& path) const {
  try {
    auto database = Database::open(parts_->path);  // not a reader's: those may write nothing at all
    if (!database) return database.error();
    database->run("VACUUM INTO ?", path);
    return {};
  } catch (const StorageFailed& failed) {
    return failed.error;  // the store itself is not touched
  }
}

bool SqliteMessageStore::may_have_left(QueueRow row) const {
  return number(row) <= parts_->queued_before_start || parts_->waiting.claims().attempts(row) > 0;
}

std::vector<OutgoingItem> SqliteMessageStore::overdue_outgoing(Timestamp queued_before,
                                                               std::size_t limit) const {
  return read([&](Database& database) {
    // Rows grow with time: the oldest stand first, and the first young one ends the search.
    Query query = database.query(
        "SELECT row, link, priority, message, state, attempts, queued_at, reason, recipients, bundle, retry "
        "FROM outgoing WHERE state IN (1, 5) ORDER BY row");
    std::vector<OutgoingItem> out;
    while (out.size() < limit && query.next()) {
      OutgoingItem item = read_outgoing(query);
      if (item.queued_at >= queued_before) break;
      if (!parts_->waiting.claims().claimed(item.row)) out.push_back(std::move(item));
    }
    return out;
  });
}

std::vector<StoredMessage> SqliteMessageStore::stored_since(Timestamp since, MessageRow after,
                                                            std::size_t limit) const {
  return read([&](Database& database) {
    Query query =
        database.query("SELECT row FROM message WHERE row > ? AND stored_at >= ? ORDER BY row LIMIT ?",
                       row_before(database, since, after), since, bounded(limit));
    return load_messages(database, query);
  });
}

std::vector<StoredMessage> SqliteMessageStore::stored_from(const std::string& link, Timestamp since,
                                                           MessageRow after, std::size_t limit) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT row FROM message WHERE row > ? AND stored_at >= ? AND from_link = ? ORDER BY row LIMIT ?",
        row_before(database, since, after), since, link, bounded(limit));
    return load_messages(database, query);
  });
}

std::vector<DeadLetter> SqliteMessageStore::dead_letters(std::size_t limit) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT m.sender, m.id, m.priority, r.agency, r.state, r.reason, r.last_status, r.updated_at, "
        "r.retries FROM recipient r JOIN message m ON m.row = r.message "
        "WHERE r.state IN (5, 6) AND m.from_link = '' ORDER BY r.message DESC, r.agency LIMIT ?",
        bounded(limit));
    std::vector<DeadLetter> out;
    while (query.next()) out.push_back({read_key(query), query.as<Priority>(2), read_recipient(query, 3)});
    return out;
  });
}

std::uint64_t SqliteMessageStore::count_outgoing(const std::string& link) const {
  return read([&](Database& database) {
    Query query = database.query("SELECT count(*) FROM outgoing WHERE state = 1 AND link = ?", link);
    return first_number(query);
  });
}

std::vector<QueueEntry> SqliteMessageStore::list_queues(const QueueFilter& filter) const {
  const auto state = filter.state ? static_cast<std::int64_t>(*filter.state) : 0;
  const auto entries = [&](Database& database) {
    std::vector<QueueEntry> out;
    Query outgoing = database.query(
        "SELECT coalesce(m.sender, ''), coalesce(m.id, ''), q.row, q.link, q.priority, q.message, q.state, "
        "q.attempts, q.queued_at, q.reason, q.recipients, q.bundle, q.retry FROM outgoing q "
        "LEFT JOIN message m ON m.row = q.message WHERE ?1 = 0 OR q.state = ?1 ORDER BY q.row LIMIT ?2",
        state, bounded(filter.limit));
    while (outgoing.next()) out.push_back({read_key(outgoing), read_outgoing(outgoing, 2)});
    Query inbox = database.query(
        "SELECT m.sender, m.id, q.row, q.message, q.agency, q.inbox, q.priority, q.state, q.queued_at "
        "FROM inbox q JOIN message m ON m.row = q.message "
        "WHERE ?1 = 0 OR q.state = ?1 ORDER BY q.row LIMIT ?2",
        state, bounded(filter.limit));
    while (inbox.next()) {
      InboxItem item = read_inbox(inbox, 2);
      item.attempts = parts_->waiting.claims().attempts(item.row);
      mark(item, item.attempts);
      out.push_back({read_key(inbox), std::move(item)});
    }
    return out;
  };
  auto out = read(entries);
  const auto row_of = [](const QueueEntry& entry) {
    return std::visit([](const auto& item) { return item.row; }, entry.item);
  };
  std::sort(out.begin(), out.end(),
            [&](const QueueEntry& a, const QueueEntry& b) { return row_of(a) < row_of(b); });
  if (out.size() > filter.limit) out.resize(filter.limit);
  return out;
}

std::vector<InboxEntry> SqliteMessageStore::list_inbox(const AgencyCode& agency, const std::string& inbox,
                                                       const std::optional<InboxPlace>& after,
                                                       std::size_t limit) const {
  const int highest = after ? after->priority : kClasses - 1;
  const auto entries = [&](Database& database) {
    std::vector<InboxEntry> out;
    for (int priority = highest; priority >= 0 && out.size() < limit; --priority) {
      const std::int64_t above = after && priority == after->priority ? number(after->row) : 0;
      // The page is chosen in the index, which has the turns between class and row; its rows alone are read.
      Query query = database.query(
          "SELECT m.sender, m.id, m.kind, m.stored_at, q.row, q.message, q.agency, q.inbox, q.priority, "
          "q.state, q.queued_at FROM (SELECT row FROM inbox INDEXED BY inbox_waiting WHERE state = 1 "
          "AND agency = ? AND inbox = ? AND priority = ? AND row > ? ORDER BY row LIMIT ?) page "
          "JOIN inbox q ON q.row = page.row JOIN message m ON m.row = q.message ORDER BY q.row",
          agency.text(), inbox, priority, above, bounded(limit - out.size()));
      while (query.next())
        out.push_back(
            {read_key(query), query.as<MessageKind>(2), query.time(3), read_inbox(query, 4), false});
    }
    return out;
  };
  auto out = read(entries);
  const ClaimTable& claims = parts_->waiting.claims();
  for (InboxEntry& entry : out) {
    entry.claimed = claims.claimed(entry.item.row);
    entry.item.attempts = claims.attempts(entry.item.row);
    mark(entry.item,
         entry.claimed && entry.item.attempts > 0 ? entry.item.attempts - 1 : entry.item.attempts);
  }
  return out;
}

StoreCounts SqliteMessageStore::counts() const {
  StoreCounts counts = read([](Database& database) {
    Query messages = database.query("SELECT messages FROM counters");
    Query waiting = database.query("SELECT count(*) FROM inbox WHERE state = 1");
    return StoreCounts{first_number(messages), first_number(waiting), 0};
  });
  counts.log_size = log_size();
  return counts;
}

const RetentionView& SqliteMessageStore::retention() const { return parts_->retention; }

std::uint64_t SqliteMessageStore::log_size() const { return parts_->log.size(); }

Result<Digest> SqliteMessageStore::log_root(std::uint64_t size) const { return parts_->log.root(size); }

Result<std::vector<Digest>> SqliteMessageStore::prove(std::uint64_t index, std::uint64_t size) const {
  return parts_->log.prove(index, size);
}

std::vector<LogEntry> SqliteMessageStore::receipts_due(std::uint64_t from, std::uint64_t to,
                                                       std::size_t limit) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT position, message, receipt_link, record FROM log "
        "WHERE position >= ? AND position < ? AND receipt_link <> '' ORDER BY position LIMIT ?",
        bounded(from), bounded(to), bounded(limit));
    return collect(query, read_entry);
  });
}

std::uint64_t SqliteMessageStore::receipt_cursor() const {
  return read([](Database& database) {
    Query query = database.query("SELECT receipt_cursor FROM counters");
    return first_number(query);
  });
}

std::vector<LogEntry> SqliteMessageStore::entries_of(MessageRow message) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT position, message, receipt_link, record FROM log WHERE message = ? ORDER BY position",
        message);
    return collect(query, read_entry);
  });
}

std::vector<StoredReceipt> SqliteMessageStore::receipts_of(MessageRow message) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT event, node, origin, checkpoint_size, log_index, path, record FROM receipt "
        "WHERE message = ? ORDER BY row",
        message);
    return collect(query, read_receipt);
  });
}

std::optional<Bytes> SqliteMessageStore::checkpoint(const std::string& origin, std::uint64_t size) const {
  return read([&](Database& database) {
    Query query =
        database.query("SELECT note FROM checkpoint WHERE origin = ? AND size = ?", origin, bounded(size));
    return first_bytes(query);
  });
}

std::optional<Bytes> SqliteMessageStore::latest_checkpoint(const std::string& origin) const {
  return read([&](Database& database) {
    Query query =
        database.query("SELECT note FROM checkpoint WHERE origin = ? ORDER BY size DESC LIMIT 1", origin);
    return first_bytes(query);
  });
}

std::optional<Forwarding> SqliteMessageStore::forwarding(MessageRow message, const AgencyCode& to) const {
  return read([&](Database& database) -> std::optional<Forwarding> {
    Query query = database.query(
        "SELECT record, signature, certificate FROM forwarding WHERE message = ? AND agency = ?", message,
        to.text());
    if (!query.next()) return std::nullopt;
    return Forwarding{query.bytes(0), query.bytes(1), query.digest(2)};
  });
}

std::optional<Bytes> SqliteMessageStore::certificate(const Digest& sha256) const {
  if (auto known = parts_->certificates.get(sha256)) return known;
  auto stored = read([&](Database& database) {
    Query query = database.query("SELECT der FROM certificate WHERE sha256 = ?", sha256);
    return first_bytes(query);
  });
  if (stored) parts_->certificates.put(sha256, *stored);
  return stored;
}

std::vector<RegistryEntry> SqliteMessageStore::registry() const {
  return read([](Database& database) {
    Query query = database.query(
        "SELECT certificate, agency, system, inbox, roles, signers, added_at, added_by, revoked_at "
        "FROM registry ORDER BY certificate");
    return collect(query, read_registry_entry);
  });
}

std::vector<StoredMessage> SqliteMessageStore::statuses_of(const MessageKey& named, std::size_t limit) const {
  return read([&](Database& database) {
    Query query =
        database.query("SELECT message FROM status_of WHERE sender = ? AND id = ? ORDER BY message LIMIT ?",
                       named.sender.text(), named.id.text(), bounded(limit));
    return load_messages(database, query);
  });
}

const AlarmView& SqliteMessageStore::alarms() const { return parts_->alarms; }

}  // namespace tram::store
