#include "store/sqlite/sqlite_pruning.h"

#include <algorithm>
#include <set>
#include <utility>

#include "log/tree.h"
#include "store/row_number.h"
#include "store/sqlite/content_use.h"
#include "store/sqlite/packing.h"
#include "store/sqlite/storage_failed.h"

namespace tram::store {

using namespace exchange;

bool SqlitePruning::is_queued(MessageRow message) {
  Query query = database_.query(
      "SELECT EXISTS (SELECT 1 FROM outgoing WHERE message = ?1) OR "
      "EXISTS (SELECT 1 FROM inbox WHERE message = ?1)",
      message);
  return query.next() && query.integer(0) != 0;
}

std::vector<ContentLocation> SqlitePruning::contents_of(MessageRow message) {
  Query query = database_.query("SELECT contents FROM message WHERE row = ?", message);
  return query.next() ? unpack_locations(query.bytes(0)) : std::vector<ContentLocation>();
}

void SqlitePruning::drop_contents(MessageRow message, Timestamp now) {
  batch_.changed.push_back(message);
  remove_content_use(database_, message, contents_of(message));
  database_.run("UPDATE message SET contents = x'00', contents_pruned_at = ? WHERE row = ?", now, message);
}

void SqlitePruning::restore_contents(MessageRow message, const std::vector<ContentLocation>& contents) {
  batch_.changed.push_back(message);
  remove_content_use(database_, message, contents_of(message));
  add_content_use(database_, message, contents);
  database_.run("UPDATE message SET contents = ?, contents_pruned_at = NULL WHERE row = ?",
                Blob{pack(contents)}, message);
}

bool SqlitePruning::move_content(MessageRow message, const ContentLocation& from, const ContentLocation& to) {
  std::vector<ContentLocation> contents = contents_of(message);
  const auto place = std::find(contents.begin(), contents.end(), from);
  if (place == contents.end()) return false;
  batch_.changed.push_back(message);
  remove_content_use(database_, message, contents);
  *place = to;
  add_content_use(database_, message, contents);
  database_.run("UPDATE message SET contents = ? WHERE row = ?", Blob{pack(contents)}, message);
  return true;
}

void SqlitePruning::remove_message(MessageRow message) {
  std::vector<MessageKey> named;
  {
    Query query = database_.query("SELECT named FROM message WHERE row = ?", message);
    if (!query.next()) return;
    named = unpack_keys(query.bytes(0));
  }
  batch_.changed.push_back(message);
  for (const MessageKey& key : named)
    database_.run("DELETE FROM status_of WHERE sender = ? AND id = ? AND message = ?", key.sender.text(),
                  key.id.text(), message);
  remove_receipts(message);
  remove_content_use(database_, message, contents_of(message));
  database_.run("DELETE FROM recipient WHERE message = ?", message);
  database_.run("DELETE FROM forwarding WHERE message = ?", message);
  database_.run("UPDATE log SET message = NULL WHERE message = ?", message);
  database_.run("DELETE FROM message WHERE row = ?", message);
  --batch_.counters.messages;
}

void SqlitePruning::remove_receipts(MessageRow message) {
  std::set<std::pair<std::string, std::int64_t>> proven_by;
  {
    Query query = database_.query("SELECT origin, checkpoint_size FROM receipt WHERE message = ?", message);
    while (query.next()) proven_by.emplace(query.bytes(0), query.integer(1));
  }
  database_.run("DELETE FROM receipt WHERE message = ?", message);
  for (const auto& [origin, size] : proven_by)
    database_.run(
        "DELETE FROM checkpoint WHERE origin = ?1 AND size = ?2 "
        "AND NOT EXISTS (SELECT 1 FROM receipt WHERE origin = ?1 AND checkpoint_size = ?2) "
        "AND EXISTS (SELECT 1 FROM checkpoint newer WHERE newer.origin = ?1 AND newer.size > ?2)",
        origin, size);
}

std::size_t SqlitePruning::drop_records(std::uint64_t below, std::size_t limit) {
  const std::uint64_t entries = batch_.log_size + batch_.new_leaves.size();
  if (entries == 0) return 0;
  const std::uint64_t newest_tile = (entries - 1) - (entries - 1) % log::kTileWidth;
  const auto receipts_due = static_cast<std::uint64_t>(batch_.counters.receipt_cursor);
  database_.run(
      "DELETE FROM log WHERE position IN "
      "(SELECT position FROM log WHERE position < ? AND message IS NULL ORDER BY position LIMIT ?)",
      std::min({below, newest_tile, receipts_due}), limit);
  return static_cast<std::size_t>(database_.changes());
}

// Bounds and not quotients are compared: the key answers whether a newer one stands in the same range.
std::size_t SqlitePruning::thin_checkpoints(const std::string& origin, std::size_t limit) {
  database_.run(
      "DELETE FROM checkpoint WHERE origin = ?1 AND size IN (SELECT old.size FROM checkpoint old "
      "WHERE old.origin = ?1 AND EXISTS (SELECT 1 FROM checkpoint newer WHERE newer.origin = ?1 "
      "AND newer.size > old.size AND newer.size < (old.size / ?2 + 1) * ?2) "
      "AND NOT EXISTS (SELECT 1 FROM receipt WHERE origin = ?1 AND checkpoint_size = old.size) LIMIT ?3)",
      origin, kCheckpointsApart, limit);
  return static_cast<std::size_t>(database_.changes());
}

bool SqlitePruning::remove_certificate(const Digest& sha256) {
  database_.run(
      "DELETE FROM certificate WHERE sha256 = ?1 "
      "AND NOT EXISTS (SELECT 1 FROM message WHERE certificate = ?1) "
      "AND NOT EXISTS (SELECT 1 FROM forwarding WHERE certificate = ?1)",
      sha256);
  return database_.changes() > 0;
}

// A tenth of the file stays: what is pruned today makes room for tomorrow, and moving pages costs writes. The
// pragma takes no bound value.
std::size_t SqlitePruning::give_back(std::size_t pages) {
  const std::int64_t before = number("PRAGMA freelist_count");
  const std::int64_t spare = number("PRAGMA page_count") / 10;
  std::int64_t left = before;
  for (std::size_t asked = 0; asked < pages && left > spare; asked += 16) {
    database_.run("PRAGMA incremental_vacuum(16)");
    left = number("PRAGMA freelist_count");
  }
  return static_cast<std::size_t>(before - left);
}

std::int64_t SqlitePruning::number(const char* pragma) {
  Query query = database_.query(pragma);
  return query.next() ? query.integer(0) : 0;
}

template <class Reader>
auto SqliteRetentionView::read(Reader reader) const {
  try {
    ReaderPool::Lease database(readers_);
    return reader(*database);
  } catch (const StorageFailed& failed) {
    if (on_failure_) on_failure_(failed.error);
    return decltype(reader(std::declval<Database&>()))();
  }
}

namespace {

std::vector<OldMessage> read_old(Query& query) {
  std::vector<OldMessage> out;
  while (query.next()) out.push_back({query.as<MessageRow>(0), query.time(1), query.as<std::uint64_t>(2)});
  return out;
}

}  // namespace

std::vector<OldMessage> SqliteRetentionView::with_contents(Timestamp before,
                                                           const std::optional<OldMessage>& after,
                                                           std::size_t limit) const {
  const OldMessage from = after.value_or(OldMessage{MessageRow(0), from_micros(0), 0});
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT row, stored_at, log_index FROM message WHERE contents <> x'00' AND stored_at < ? "
        "AND (stored_at, row) > (?, ?) ORDER BY stored_at, row LIMIT ?",
        before, from.stored_at, from.row, limit);
    return read_old(query);
  });
}

std::vector<OldMessage> SqliteRetentionView::oldest(MessageRow after, std::size_t limit) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT row, stored_at, log_index FROM message WHERE row > ? ORDER BY row LIMIT ?", after, limit);
    return read_old(query);
  });
}

std::optional<Timestamp> SqliteRetentionView::newest() const {
  return read([](Database& database) -> std::optional<Timestamp> {
    Query query = database.query("SELECT stored_at FROM message ORDER BY row DESC LIMIT 1");
    if (!query.next()) return std::nullopt;
    return query.time(0);
  });
}

ContainerUse SqliteRetentionView::use_of(const std::string& container) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM content_use WHERE container = ?", container);
    if (!query.next()) return ContainerUse();
    return ContainerUse{query.as<std::uint64_t>(0), query.as<std::uint64_t>(1)};
  });
}

std::vector<MessageRow> SqliteRetentionView::users_of(const std::string& container, MessageRow after,
                                                      std::size_t limit) const {
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT message FROM content_use WHERE container = ? AND message > ? ORDER BY message LIMIT ?",
        container, after, limit);
    std::vector<MessageRow> out;
    while (query.next()) out.push_back(query.as<MessageRow>(0));
    return out;
  });
}

std::vector<KeptCertificate> SqliteRetentionView::certificates(const std::optional<Digest>& after,
                                                               std::size_t limit) const {
  const Digest from = after.value_or(Digest());  // outlives the query, which does not copy it
  return read([&](Database& database) {
    Query query = database.query(
        "SELECT sha256, EXISTS (SELECT 1 FROM message WHERE certificate = sha256) OR "
        "EXISTS (SELECT 1 FROM forwarding WHERE certificate = sha256) FROM certificate "
        "WHERE sha256 > ? ORDER BY sha256 LIMIT ?",
        from, limit);
    std::vector<KeptCertificate> out;
    while (query.next()) out.push_back({query.digest(0), query.integer(1) != 0});
    return out;
  });
}

}  // namespace tram::store
