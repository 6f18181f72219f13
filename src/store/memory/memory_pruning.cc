#include "store/memory/memory_pruning.h"

#include <algorithm>
#include <set>
#include <utility>

#include "log/tree.h"

namespace tram::store {

using namespace exchange;

namespace {

OldMessage old_message(const StoredMessage& message) {
  return {message.row, message.stored_at, message.log_index};
}

bool is_signed_with(const MemoryTables& tables, const Digest& certificate) {
  const auto with = [&](const auto& each) { return each.second.certificate == certificate; };
  return std::any_of(tables.messages.begin(), tables.messages.end(), with) ||
         std::any_of(tables.forwardings.begin(), tables.forwardings.end(), with);
}

std::uint64_t bytes_in(const StoredMessage& message, const std::string& container) {
  std::uint64_t bytes = 0;
  for (const ContentLocation& place : message.contents)
    if (place.container == container) bytes += place.length;
  return bytes;
}

bool refers_to(const StoredMessage& message, const std::string& container) {
  return std::any_of(message.contents.begin(), message.contents.end(),
                     [&](const ContentLocation& place) { return place.container == container; });
}

}  // namespace

bool MemoryPruning::is_queued(MessageRow message) {
  const auto at = tables_.queued.lower_bound({message, QueueRow(0)});
  return at != tables_.queued.end() && at->first.first == message;
}

void MemoryPruning::drop_contents(MessageRow message, Timestamp now) {
  const auto found = tables_.messages.find(message);
  if (found == tables_.messages.end()) return;
  StoredMessage pruned = found->second;
  pruned.contents.clear();
  pruned.contents_pruned_at = now;
  undo_.put(tables_.messages, message, std::move(pruned));
}

void MemoryPruning::restore_contents(MessageRow message, const std::vector<ContentLocation>& contents) {
  const auto found = tables_.messages.find(message);
  if (found == tables_.messages.end()) return;
  StoredMessage restored = found->second;
  restored.contents = contents;
  for (ContentLocation& place : restored.contents) place.pin.reset();
  restored.contents_pruned_at.reset();
  undo_.put(tables_.messages, message, std::move(restored));
}

bool MemoryPruning::move_content(MessageRow message, const ContentLocation& from, const ContentLocation& to) {
  const auto found = tables_.messages.find(message);
  if (found == tables_.messages.end()) return false;
  StoredMessage moved = found->second;
  const auto place = std::find(moved.contents.begin(), moved.contents.end(), from);
  if (place == moved.contents.end()) return false;
  *place = {to.container, to.offset, to.length};
  undo_.put(tables_.messages, message, std::move(moved));
  return true;
}

template <class Map>
void MemoryPruning::erase_all(Map& map, MessageRow message) {
  for (auto at = map.lower_bound({message, AgencyCode()}); at != map.end() && at->first.first == message;
       at = map.lower_bound({message, AgencyCode()}))
    undo_.erase(map, at->first);
}

void MemoryPruning::remove_message(MessageRow message) {
  const auto found = tables_.messages.find(message);
  if (found == tables_.messages.end()) return;
  for (const MessageKey& named : found->second.references) undo_.erase(tables_.statuses, {named, message});
  remove_receipts(message);
  erase_all(tables_.recipients, message);
  erase_all(tables_.forwardings, message);
  for (std::size_t i = 0; i < tables_.log.size(); ++i) {
    if (tables_.log[i].message != message) continue;
    LogEntry unlinked = tables_.log[i];
    unlinked.message.reset();
    undo_.replace(tables_.log, i, std::move(unlinked));
  }
  undo_.erase(tables_.keys, found->second.key);
  undo_.erase(tables_.messages, message);
}

bool MemoryPruning::proves(const std::string& origin, std::uint64_t size) const {
  return std::any_of(tables_.receipts.begin(), tables_.receipts.end(), [&](const auto& each) {
    return each.second.origin == origin && each.second.checkpoint_size == size;
  });
}

void MemoryPruning::remove_receipts(MessageRow message) {
  std::set<std::pair<std::string, std::uint64_t>> proven_by;
  for (auto at = tables_.receipts.lower_bound({message, 0});
       at != tables_.receipts.end() && at->first.first == message;
       at = tables_.receipts.lower_bound({message, 0})) {
    proven_by.emplace(at->second.origin, at->second.checkpoint_size);
    undo_.erase(tables_.receipts, at->first);
  }
  for (const auto& place : proven_by) {
    const auto next = tables_.checkpoints.upper_bound(place);
    const bool newest = next == tables_.checkpoints.end() || next->first.first != place.first;
    if (!newest && !proves(place.first, place.second)) undo_.erase(tables_.checkpoints, place);
  }
}

std::size_t MemoryPruning::drop_records(std::uint64_t below, std::size_t limit) {
  const std::uint64_t entries = tables_.log.size();
  if (entries == 0) return 0;
  const std::uint64_t newest_tile = (entries - 1) - (entries - 1) % log::kTileWidth;
  const std::uint64_t end = std::min({below, newest_tile, tables_.receipt_cursor});
  std::size_t dropped = 0;
  for (std::uint64_t i = 0; i < end && dropped < limit; ++i) {
    if (tables_.log[i].message || tables_.log[i].record.empty()) continue;
    undo_.replace(tables_.log, i, LogEntry{i, {}, std::nullopt, {}});
    ++dropped;
  }
  return dropped;
}

std::size_t MemoryPruning::thin_checkpoints(const std::string& origin, std::size_t limit) {
  std::size_t dropped = 0;
  for (auto at = tables_.checkpoints.lower_bound({origin, 0});
       at != tables_.checkpoints.end() && at->first.first == origin && dropped < limit;) {
    const auto place = at->first;
    ++at;
    const bool thin = at != tables_.checkpoints.end() && at->first.first == origin &&
                      at->first.second / kCheckpointsApart == place.second / kCheckpointsApart;
    if (!thin || proves(origin, place.second)) continue;
    undo_.erase(tables_.checkpoints, place);
    ++dropped;
  }
  return dropped;
}

bool MemoryPruning::remove_certificate(const Digest& sha256) {
  if (!tables_.certificates.contains(sha256) || is_signed_with(tables_, sha256)) return false;
  undo_.erase(tables_.certificates, sha256);
  return true;
}

std::vector<OldMessage> MemoryRetentionView::with_contents(Timestamp before,
                                                           const std::optional<OldMessage>& after,
                                                           std::size_t limit) const {
  const std::lock_guard lock(disk_.mutex);
  std::vector<OldMessage> out;
  const auto place = [](const OldMessage& each) { return std::pair(each.stored_at, each.row); };
  for (const auto& [row, message] : disk_.tables.messages) {
    const OldMessage each = old_message(message);
    if (message.contents.empty() || message.stored_at >= before) continue;
    if (!after || place(each) > place(*after)) out.push_back(each);
  }
  std::sort(out.begin(), out.end(),
            [&](const OldMessage& a, const OldMessage& b) { return place(a) < place(b); });
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::vector<OldMessage> MemoryRetentionView::oldest(MessageRow after, std::size_t limit) const {
  const std::lock_guard lock(disk_.mutex);
  std::vector<OldMessage> out;
  for (auto at = disk_.tables.messages.upper_bound(after);
       at != disk_.tables.messages.end() && out.size() < limit; ++at)
    out.push_back(old_message(at->second));
  return out;
}

std::optional<Timestamp> MemoryRetentionView::newest() const {
  const std::lock_guard lock(disk_.mutex);
  if (disk_.tables.messages.empty()) return std::nullopt;
  return disk_.tables.messages.rbegin()->second.stored_at;
}

ContainerUse MemoryRetentionView::use_of(const std::string& container) const {
  const std::lock_guard lock(disk_.mutex);
  ContainerUse use;
  for (const auto& [row, message] : disk_.tables.messages) {
    if (!refers_to(message, container)) continue;
    ++use.messages;
    use.bytes += bytes_in(message, container);
  }
  return use;
}

std::vector<MessageRow> MemoryRetentionView::users_of(const std::string& container, MessageRow after,
                                                      std::size_t limit) const {
  const std::lock_guard lock(disk_.mutex);
  std::vector<MessageRow> out;
  for (auto at = disk_.tables.messages.upper_bound(after);
       at != disk_.tables.messages.end() && out.size() < limit; ++at)
    if (refers_to(at->second, container)) out.push_back(at->first);
  return out;
}

std::vector<KeptCertificate> MemoryRetentionView::certificates(const std::optional<Digest>& after,
                                                               std::size_t limit) const {
  const std::lock_guard lock(disk_.mutex);
  std::vector<KeptCertificate> out;
  const auto& all = disk_.tables.certificates;
  for (auto at = after ? all.upper_bound(*after) : all.begin();
       at != disk_.tables.certificates.end() && out.size() < limit; ++at)
    out.push_back({at->first, is_signed_with(disk_.tables, at->first)});
  return out;
}

}  // namespace tram::store
