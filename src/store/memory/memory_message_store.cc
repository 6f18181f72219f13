#include "store/memory/memory_message_store.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

#include "store/class_share.h"
#include "store/memory/memory_committer.h"
#include "store/queue_name.h"
#include "store/row_number.h"

namespace tram::store {

using namespace exchange;

namespace {

std::int64_t last_queue_row(MemoryDisk& disk) {
  const std::lock_guard lock(disk.mutex);
  return disk.tables.last_queue_row;
}

// As a store after a start knows them: from what waits.
void restore_turns(const MemoryTables& tables, Turns& turns) {
  for (const auto& [row, item] : tables.outgoing) {
    const std::int64_t turn = tables.turns.at(row);
    turns.restore(outgoing_queue(item.link), item.priority, item.sender, turn, turn);
  }
  for (const auto& [row, item] : tables.inbox) {
    const std::int64_t turn = tables.turns.at(row);
    turns.restore(inbox_queue(item.agency, item.inbox), item.priority, item.sender, turn, turn);
  }
}

template <class Map, class Key>
std::optional<Bytes> find_bytes(const Map& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

MemoryMessageStore::MemoryMessageStore(std::shared_ptr<MemoryDisk> disk, ContentStore& contents,
                                       Executor& executor, FailureHandler on_failure)
    : disk_(std::move(disk)),
      committer_(std::make_shared<MemoryCommitter>(disk_, contents, executor, std::move(on_failure))),
      queued_before_start_(last_queue_row(*disk_)) {
  const std::lock_guard lock(disk_->mutex);
  restore_turns(disk_->tables, committer_->turns());
  for (auto& [row, message] : disk_->tables.messages) message.reading.reset();  // no disk keeps it
}

MemoryMessageStore::~MemoryMessageStore() = default;

void MemoryMessageStore::lose_power(LastWrite last) { committer_->lose_power(last); }
void MemoryMessageStore::run_units_twice(bool twice) { committer_->run_twice(twice); }

void MemoryMessageStore::submit(UnitOfWork work, Completion done, bool urgent) {
  committer_->submit(std::move(work), std::move(done), urgent);
}

std::optional<KnownMessage> MemoryMessageStore::find(const MessageKey& key) const {
  const std::lock_guard lock(disk_->mutex);
  return find_message(disk_->tables, key);
}

Result<StoredMessage> MemoryMessageStore::load(MessageRow row) const {
  const std::lock_guard lock(disk_->mutex);
  return load_message(disk_->tables, row);
}

std::vector<RecipientRow> MemoryMessageStore::recipients(MessageRow message) const {
  const std::lock_guard lock(disk_->mutex);
  return recipients_of(disk_->tables, message);
}

InboxItem MemoryMessageStore::with_attempts(InboxItem item, std::uint32_t present) const {
  item.attempts = committer_->claims().attempts(item.row);
  item.redelivered = item.attempts > present || number(item.row) <= queued_before_start_;
  return item;
}

std::optional<InboxItem> MemoryMessageStore::inbox_item(MessageRow message, const AgencyCode& agency) const {
  const std::lock_guard lock(disk_->mutex);
  auto item = find_inbox_item(disk_->tables, message, agency);
  if (item) item = with_attempts(*std::move(item));
  return item;
}

// Rows of one queue in the order of hand-over that nobody claims; claims them.
std::vector<QueueRow> MemoryMessageStore::claim_rows(const std::string& queue, const Classes& among,
                                                     const std::string& owner, std::size_t limit) {
  const MemoryTables& tables = disk_->tables;
  std::array<std::vector<QueueRow>, kClasses> claimed;
  const auto take = [&](int priority, std::size_t most) {
    auto& rows = claimed[static_cast<std::size_t>(priority)];
    const std::size_t before = rows.size();
    for (auto at = tables.waiting.lower_bound({queue, -priority, 0, QueueRow(0)});
         at != tables.waiting.end() && at->first.queue == queue && at->first.lowness == -priority &&
         rows.size() - before < most;
         ++at) {
      if (!committer_->claims().claim(at->first.row, owner)) continue;
      committer_->turns().reached(queue, priority, at->first.turn);
      rows.push_back(at->first.row);
    }
    return rows.size() - before;
  };
  claim_in_shares(among, served_[queue], limit, take);
  std::vector<QueueRow> rows;
  for (auto it = claimed.rbegin(); it != claimed.rend(); ++it)
    rows.insert(rows.end(), it->begin(), it->end());
  return rows;
}

std::vector<OutgoingItem> MemoryMessageStore::claim_outgoing(const std::string& link, const Classes& among,
                                                             const std::string& owner, std::size_t limit) {
  const std::lock_guard lock(disk_->mutex);
  std::vector<OutgoingItem> items;
  for (const QueueRow row : claim_rows(outgoing_queue(link), among, owner, limit))
    items.push_back(disk_->tables.outgoing.at(row));
  return items;
}

std::vector<InboxItem> MemoryMessageStore::claim_inbox(const AgencyCode& agency, const std::string& inbox,
                                                       const std::string& owner, std::size_t limit) {
  const std::lock_guard lock(disk_->mutex);
  std::vector<InboxItem> items;
  for (const QueueRow row : claim_rows(inbox_queue(agency, inbox), {}, owner, limit))
    items.push_back(with_attempts(disk_->tables.inbox.at(row), 1));
  return items;
}

void MemoryMessageStore::release_claims(const std::string& owner) {
  static_cast<void>(committer_->claims().release(owner));
}

bool MemoryMessageStore::holds_claim(const std::string& owner, QueueRow row) const {
  return committer_->claims().holds(owner, row);
}

bool MemoryMessageStore::may_have_left(QueueRow row) const {
  return number(row) <= queued_before_start_ || committer_->claims().attempts(row) > 0;
}

std::vector<OutgoingItem> MemoryMessageStore::overdue_outgoing(Timestamp queued_before,
                                                               std::size_t limit) const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<OutgoingItem> out;
  for (const auto& [row, item] : disk_->tables.outgoing) {
    if (item.state != QueueState::waiting && item.state != QueueState::blocked) continue;
    if (out.size() == limit || item.queued_at >= queued_before) break;
    if (!committer_->claims().claimed(row)) out.push_back(item);
  }
  return out;
}

std::vector<StoredMessage> MemoryMessageStore::stored_since(Timestamp since, MessageRow after,
                                                            std::size_t limit) const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<StoredMessage> out;
  for (auto at = disk_->tables.messages.upper_bound(after);
       at != disk_->tables.messages.end() && out.size() < limit; ++at)
    if (at->second.stored_at >= since) out.push_back(at->second);
  return out;
}

std::vector<StoredMessage> MemoryMessageStore::stored_from(const std::string& link, Timestamp since,
                                                           MessageRow after, std::size_t limit) const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<StoredMessage> out;
  for (auto at = disk_->tables.messages.upper_bound(after);
       at != disk_->tables.messages.end() && out.size() < limit; ++at)
    if (at->second.stored_at >= since && at->second.from_link == link) out.push_back(at->second);
  return out;
}

std::vector<DeadLetter> MemoryMessageStore::dead_letters(std::size_t limit) const {
  const std::lock_guard lock(disk_->mutex);
  const MemoryTables& tables = disk_->tables;
  std::map<std::pair<std::int64_t, AgencyCode>, DeadLetter> found;  // the latest message first
  for (const auto& [place, recipient] : tables.recipients) {
    const StoredMessage& message = tables.messages.at(place.first);
    if (is_dead_letter(recipient.state) && message.from_link.empty())
      found[{-number(place.first), place.second}] = {message.key, message.priority, recipient};
  }
  std::vector<DeadLetter> out;
  for (auto& [place, letter] : found) {
    if (out.size() == limit) break;
    out.push_back(std::move(letter));
  }
  return out;
}

std::uint64_t MemoryMessageStore::count_outgoing(const std::string& link) const {
  const std::lock_guard lock(disk_->mutex);
  return static_cast<std::uint64_t>(
      std::count_if(disk_->tables.waiting.begin(), disk_->tables.waiting.end(),
                    [queue = outgoing_queue(link)](const auto& each) { return each.first.queue == queue; }));
}

MessageKey MemoryMessageStore::key_of(std::optional<MessageRow> message) const {
  return message ? disk_->tables.messages.at(*message).key : MessageKey();
}

std::vector<QueueEntry> MemoryMessageStore::list_queues(const QueueFilter& filter) const {
  const std::lock_guard lock(disk_->mutex);
  std::map<QueueRow, QueueEntry> found;
  for (const auto& [row, item] : disk_->tables.outgoing) {
    if (!filter.state || item.state == *filter.state) found[row] = {key_of(item.message), item};
  }
  for (const auto& [row, item] : disk_->tables.inbox) {
    if (!filter.state || item.state == *filter.state)
      found[row] = {key_of(item.message), with_attempts(item)};
  }
  std::vector<QueueEntry> out;
  for (auto& [row, entry] : found) {
    if (out.size() == filter.limit) break;
    out.push_back(std::move(entry));
  }
  return out;
}

std::vector<InboxEntry> MemoryMessageStore::list_inbox(const AgencyCode& agency, const std::string& inbox,
                                                       const std::optional<InboxPlace>& after,
                                                       std::size_t limit) const {
  const std::lock_guard lock(disk_->mutex);
  const MemoryTables& tables = disk_->tables;
  const std::string queue = inbox_queue(agency, inbox);
  std::set<std::pair<int, QueueRow>> places;  // minus the priority, then the oldest
  for (auto at = tables.waiting.lower_bound({queue, std::numeric_limits<int>::min(), 0, QueueRow(0)});
       at != tables.waiting.end() && at->first.queue == queue; ++at)
    places.emplace(at->first.lowness, at->first.row);
  std::vector<InboxEntry> out;
  for (auto at = after ? places.upper_bound({-after->priority, after->row}) : places.begin();
       at != places.end() && out.size() < limit; ++at) {
    const InboxItem& item = tables.inbox.at(at->second);
    const StoredMessage& message = tables.messages.at(item.message);
    const bool claimed = committer_->claims().claimed(item.row);
    out.push_back(
        {message.key, message.kind, message.stored_at, with_attempts(item, claimed ? 1 : 0), claimed});
  }
  return out;
}

StoreCounts MemoryMessageStore::counts() const {
  const std::lock_guard lock(disk_->mutex);
  const auto waiting =
      std::count_if(disk_->tables.inbox.begin(), disk_->tables.inbox.end(),
                    [](const auto& each) { return each.second.state == QueueState::waiting; });
  return {disk_->tables.messages.size(), static_cast<std::uint64_t>(waiting), disk_->tables.log.size()};
}

std::uint64_t MemoryMessageStore::log_size() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->tables.log.size();
}

Result<Digest> MemoryMessageStore::log_root(std::uint64_t size) const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->tree.root_at(size);
}

Result<std::vector<Digest>> MemoryMessageStore::prove(std::uint64_t index, std::uint64_t size) const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->tree.inclusion_proof(index, size);
}

std::vector<LogEntry> MemoryMessageStore::receipts_due(std::uint64_t from, std::uint64_t to,
                                                       std::size_t limit) const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<LogEntry> out;
  const auto end = std::min<std::uint64_t>(to, disk_->tables.log.size());
  for (auto index = from; index < end && out.size() < limit; ++index) {
    if (!disk_->tables.log[index].receipt_link.empty()) out.push_back(disk_->tables.log[index]);
  }
  return out;
}

std::uint64_t MemoryMessageStore::receipt_cursor() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->tables.receipt_cursor;
}

std::vector<LogEntry> MemoryMessageStore::entries_of(MessageRow message) const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<LogEntry> out;
  std::copy_if(disk_->tables.log.begin(), disk_->tables.log.end(), std::back_inserter(out),
               [&](const LogEntry& entry) { return entry.message == message; });
  return out;
}

std::vector<StoredReceipt> MemoryMessageStore::receipts_of(MessageRow message) const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<StoredReceipt> out;
  for (auto at = disk_->tables.receipts.lower_bound({message, 0});
       at != disk_->tables.receipts.end() && at->first.first == message; ++at)
    out.push_back(at->second);
  return out;
}

std::optional<Bytes> MemoryMessageStore::checkpoint(const std::string& origin, std::uint64_t size) const {
  const std::lock_guard lock(disk_->mutex);
  return find_bytes(disk_->tables.checkpoints, std::pair(origin, size));
}

std::optional<Bytes> MemoryMessageStore::latest_checkpoint(const std::string& origin) const {
  const std::lock_guard lock(disk_->mutex);
  const auto& kept = disk_->tables.checkpoints;
  const auto after = kept.upper_bound({origin, std::numeric_limits<std::uint64_t>::max()});
  if (after == kept.begin() || std::prev(after)->first.first != origin) return std::nullopt;
  return std::prev(after)->second;
}

std::optional<Forwarding> MemoryMessageStore::forwarding(MessageRow message, const AgencyCode& to) const {
  const std::lock_guard lock(disk_->mutex);
  const auto found = disk_->tables.forwardings.find({message, to});
  if (found == disk_->tables.forwardings.end()) return std::nullopt;
  return found->second;
}

std::optional<Bytes> MemoryMessageStore::certificate(const Digest& sha256) const {
  const std::lock_guard lock(disk_->mutex);
  return find_bytes(disk_->tables.certificates, sha256);
}

std::vector<RegistryEntry> MemoryMessageStore::registry() const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<RegistryEntry> out;
  for (const auto& [certificate, entry] : disk_->tables.registry) out.push_back(entry);
  return out;
}

std::vector<StoredMessage> MemoryMessageStore::statuses_of(const MessageKey& named, std::size_t limit) const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<StoredMessage> out;
  for (auto at = disk_->tables.statuses.lower_bound({named, MessageRow(0)});
       at != disk_->tables.statuses.end() && at->first.first == named && out.size() < limit; ++at)
    out.push_back(disk_->tables.messages.at(at->first.second));
  return out;
}

}  // namespace tram::store
