#include "tests/support/quiet.h"

#include <algorithm>

namespace tram::sim {
namespace {

// Checks are cheap next to what happens in between.
constexpr Duration kFirstSlice = std::chrono::milliseconds(20);
constexpr Duration kLongestSlice = std::chrono::seconds(5);

template <class Item>
bool on_its_way(const Item& item) {
  return item.state != QueueState::dead;
}

bool quiet(const SimNode& node) {
  const store::MemoryTables& tables = node.tables();
  const auto moving = [](const auto& entry) { return on_its_way(entry.second); };
  const auto& log = tables.log;
  return node.is_up() && std::none_of(tables.outgoing.begin(), tables.outgoing.end(), moving) &&
         std::none_of(tables.inbox.begin(), tables.inbox.end(), moving) &&
         std::all_of(log.begin() + static_cast<std::ptrdiff_t>(std::min(tables.receipt_cursor, log.size())),
                     log.end(), [](const exchange::LogEntry& entry) { return entry.receipt_link.empty(); });
}

std::string name_of(const store::MemoryTables& tables, exchange::MessageRow row) {
  const MessageKey& key = tables.messages.at(row).key;
  return key.sender.text() + "/" + key.id.text();
}

void list_queues(const SimNode& node, std::vector<std::string>& out) {
  const store::MemoryTables& tables = node.tables();
  const std::string prefix = node.code().text() + ": ";
  for (const auto& [row, item] : tables.outgoing) {
    if (!on_its_way(item)) continue;
    const std::string what = item.message ? name_of(tables, *item.message) : "receipts";
    out.push_back(prefix + what + " is " + std::string(name(item.state)) + " for link " + item.link);
  }
  for (const auto& [row, item] : tables.inbox) {
    if (!on_its_way(item)) continue;
    out.push_back(prefix + name_of(tables, item.message) + " is " + std::string(name(item.state)) + " for " +
                  item.agency.text());
  }
}

}  // namespace

bool quiet(const Cast& cast) {
  return std::all_of(cast.nodes.begin(), cast.nodes.end(), [](SimNode* node) { return quiet(*node); }) &&
         std::all_of(cast.agencies.begin(), cast.agencies.end(),
                     [](SimAgency* agency) { return agency->idle(); });
}

std::vector<std::string> unrest(const Cast& cast) {
  std::vector<std::string> out;
  for (const SimNode* node : cast.nodes) {
    if (quiet(*node)) continue;
    out.push_back(node->code().text() + (node->is_up() ? " is not quiet" : " is down"));
    list_queues(*node, out);
  }
  for (const SimAgency* agency : cast.agencies) {
    if (!agency->idle()) out.push_back(agency->code().text() + " waits for answers to what it sent");
  }
  return out;
}

bool settle(World& world, const Cast& cast, Duration limit) {
  const Duration end = world.elapsed() + limit;
  for (Duration slice = kFirstSlice; world.elapsed() < end;
       slice = std::min(slice * 21 / 20, kLongestSlice)) {
    if (quiet(cast)) return true;
    world.run_for(slice);
  }
  return quiet(cast);
}

}  // namespace tram::sim
