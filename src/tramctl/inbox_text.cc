#include "tramctl/inbox_text.h"

#include <algorithm>

#include "codec/header_fields.h"
#include "tramctl/text.h"

namespace tram::client {
namespace {

std::string kind_text(v1::MessageKind kind) {
  return kind == v1::MESSAGE_KIND_STATUS ? "status" : "document";
}

std::string priority_text(v1::Priority priority) {
  return std::string(name(static_cast<Priority>(std::clamp<int>(priority, 0, 4))));
}

std::string state_text(const v1::WaitingDelivery& one, bool received_here) {
  std::string out = one.claimed() ? "being handed over" : "waiting";
  if (received_here) return out + "; received here, not acknowledged";
  return one.redelivered() ? out + "; may have been handed over before" : out;
}

}  // namespace

std::string waiting_text(const Waiting& waiting, const std::set<std::string>& received_here) {
  const std::string where = "at the node for " + shown(waiting.agency) + "/" + shown(waiting.inbox);
  if (waiting.deliveries.empty()) return "nothing waits " + where;
  Table table({"ARRIVED", "MESSAGE", "KIND", "PRIORITY", "STATE"});
  for (const v1::WaitingDelivery& one : waiting.deliveries)
    table.add({local_time(one.arrived_at()), shown(one.key().sender() + "/" + one.key().id()),
               kind_text(one.kind()), priority_text(one.priority()),
               state_text(one, received_here.contains(one.delivery_id()))});
  std::string out = std::to_string(waiting.deliveries.size()) +
                    (waiting.more ? " of those that wait " : " waiting ") + where + ":\n" + table.text();
  if (waiting.more) out += "\nmore wait: --limit 0 shows all";
  return out;
}

boost::json::object waiting_json(const v1::WaitingDelivery& one, bool received_here) {
  boost::json::object out;
  out["place"] = "node";
  out["delivery_id"] = one.delivery_id();
  out["sender"] = one.key().sender();
  out["id"] = one.key().id();
  out["kind"] = one.kind() == v1::MESSAGE_KIND_STATUS ? "status" : "dispatch";
  out["priority"] = static_cast<int>(one.priority());
  out["arrived_at"] = one.arrived_at();
  out["redelivered"] = one.redelivered();
  out["claimed"] = one.claimed();
  out["received_here"] = received_here;
  return out;
}

std::string received_text(const std::string& dir, const JournalState& journal) {
  if (journal.received.empty()) return "nothing was received into " + shown(dir);
  Table table({"RECEIVED", "MESSAGE", "WHAT", "VERDICT", "ACKNOWLEDGED"});
  for (const Received& entry : journal.received)
    table.add({local_time(entry.received_at), entry.key.sender.text() + "/" + entry.key.id.text(),
               (entry.kind == MessageKind::status ? "status " : "") + shown(entry.summary),
               shown(entry.verdict), journal.acknowledged.contains(entry.delivery_id) ? "yes" : "not yet"});
  return std::to_string(journal.received.size()) + " received into " + shown(dir) + ":\n" + table.text();
}

boost::json::object received_json(const Received& entry, bool acknowledged) {
  boost::json::object out;
  out["place"] = "folder";
  out["delivery_id"] = entry.delivery_id;
  out["recipient"] = entry.recipient.text();
  out["sender"] = entry.key.sender.text();
  out["id"] = entry.key.id.text();
  out["kind"] = codec::spelling(entry.kind);
  out["received_at"] = to_rfc3339(entry.received_at);
  out["summary"] = entry.summary;
  out["verdict"] = entry.verdict;
  out["acknowledged"] = acknowledged;
  return out;
}

}  // namespace tram::client
