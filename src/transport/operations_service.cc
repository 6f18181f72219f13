#include <tram/v1/operations.grpc.pb.h>

#include <algorithm>

#include "codec/message_proto.h"
#include "transport/services.h"
#include "transport/unary.h"

namespace tram::transport {
namespace {

v1::LinkInfo to_proto(const exchange::LinkState& link, const ServerOptions& options) {
  v1::LinkInfo out;
  out.set_name(link.settings.name);
  out.set_node(link.settings.node.text());
  const auto address = options.link_addresses.find(link.settings.name);
  if (address != options.link_addresses.end()) out.set_address(address->second);
  for (const AgencyCode& prefix : link.settings.prefixes)
    out.add_prefixes(prefix.empty() ? "*" : prefix.text());
  out.set_connected(link.connected);
  out.set_waiting(link.waiting);
  out.set_attempts(link.attempts);
  if (link.next_try) out.set_next_try(to_rfc3339(*link.next_try));
  out.set_last_error(link.last_error);
  return out;
}

// The two kinds of queue entry have these members in common.
template <class Item>
void describe(const Item& item, v1::DeliveryInfo& out) {
  out.set_priority(static_cast<v1::Priority>(item.priority));
  out.set_state(std::string(name(item.state)));
  out.set_attempts(item.attempts);
  out.set_since(to_rfc3339(item.queued_at));
}

void fill(const exchange::OutgoingItem& item, v1::DeliveryInfo& out) {
  describe(item, out);
  out.set_to("link " + item.link);
  for (const AgencyCode& code : item.recipients) out.add_recipients(code.text());
  out.set_reason(item.reason);
}

void fill(const exchange::InboxItem& item, v1::DeliveryInfo& out) {
  describe(item, out);
  out.set_to("inbox " + item.agency.text() + "/" + item.inbox);
  out.add_recipients(item.agency.text());
}

v1::DeliveryInfo to_proto(const exchange::QueueEntry& entry, const std::vector<exchange::LinkState>& links) {
  v1::DeliveryInfo out;
  *out.mutable_key() = codec::to_proto(entry.key);
  std::visit([&](const auto& item) { fill(item, out); }, entry.item);
  const auto* outgoing = std::get_if<exchange::OutgoingItem>(&entry.item);
  if (!outgoing || outgoing->state != QueueState::waiting) return out;
  const auto link = std::find_if(links.begin(), links.end(),
                                 [&](const auto& one) { return one.settings.name == outgoing->link; });
  if (link == links.end()) return out;
  if (link->next_try) out.set_next_try(to_rfc3339(*link->next_try));
  if (out.reason().empty()) out.set_reason(link->last_error);
  return out;
}

Result<exchange::QueueFilter> from_proto(const v1::ListDeliveriesRequest& request) {
  constexpr std::uint32_t kMost = 1000;
  exchange::QueueFilter out;
  if (request.limit() > kMost) return invalid("limit", "OUT_OF_RANGE", "a limit is 1 to 1000");
  if (request.limit() != 0) out.limit = request.limit();
  if (request.state().empty()) return out;
  if (request.state() == "waiting") out.state = QueueState::waiting;
  if (request.state() == "held") out.state = QueueState::held;
  if (request.state() == "done") out.state = QueueState::done;
  if (request.state() == "dead") out.state = QueueState::dead;
  if (!out.state) return invalid("state", "WORD_UNKNOWN", "not a state", "use waiting, held, done or dead");
  return out;
}

class OperationsService final : public v1::Operations::CallbackService {
 public:
  explicit OperationsService(Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* GetNode(grpc::CallbackServerContext* context, const v1::GetNodeRequest*,
                                    v1::NodeInfo* response) override {
    return answer(backend_, *context, response, Role::operator_,
                  [this](const exchange::Identity&) -> Result<v1::NodeInfo> { return node(); });
  }

  grpc::ServerUnaryReactor* ListDeliveries(grpc::CallbackServerContext* context,
                                           const v1::ListDeliveriesRequest* request,
                                           v1::ListDeliveriesResponse* response) override {
    return answer(backend_, *context, response, Role::operator_,
                  [this, request](const exchange::Identity&) { return deliveries(*request); });
  }

 private:
  v1::NodeInfo node() const {
    v1::NodeInfo out;
    out.set_node(backend_.node.settings().node.text());
    out.set_name(backend_.options.node_name);
    out.set_version(backend_.options.version);
    out.set_started_at(to_rfc3339(backend_.started_at));
    out.set_log_vkey(backend_.options.log_vkey);
    for (const auto& link : backend_.node.links()) *out.add_links() = to_proto(link, backend_.options);
    const exchange::StoreCounts counts = backend_.node.counts();
    out.set_log_size(counts.log_size);
    out.set_messages(counts.messages);
    out.set_waiting_handover(counts.waiting_inbox);
    return out;
  }

  Result<v1::ListDeliveriesResponse> deliveries(const v1::ListDeliveriesRequest& request) const {
    const auto filter = from_proto(request);
    if (!filter) return filter.error();
    v1::ListDeliveriesResponse out;
    const auto links = backend_.node.links();
    for (const auto& entry : backend_.node.queues(*filter)) *out.add_deliveries() = to_proto(entry, links);
    return out;
  }

  Backend& backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_operations_service(Backend& backend) {
  return std::make_unique<OperationsService>(backend);
}

}  // namespace tram::transport
