#include <tram/v1/operations.grpc.pb.h>

#include <algorithm>
#include <future>

#include "codec/message_proto.h"
#include "exchange/inbox_desk.h"
#include "exchange/remedies.h"
#include "transport/alarm_list.h"
#include "transport/pulled_stream.h"
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

v1::LostMessage to_proto(const exchange::LostMessage& message) {
  v1::LostMessage out;
  *out.mutable_key() = codec::to_proto(message.key);
  for (const AgencyCode& code : message.recipients) out.add_recipients(code.text());
  out.set_link(message.link);
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

v1::DeliveryInfo to_proto(const exchange::DeadLetter& letter) {
  v1::DeliveryInfo out;
  *out.mutable_key() = codec::to_proto(letter.key);
  out.set_to("agency " + letter.recipient.agency.text());
  out.add_recipients(letter.recipient.agency.text());
  out.add_delivery_ids(exchange::delivery_id(letter.key, letter.recipient.agency).text());
  out.set_priority(static_cast<v1::Priority>(letter.priority));
  out.set_state(std::string(name(letter.recipient.state)));
  out.set_attempts(letter.recipient.retries + 1);
  out.set_since(to_rfc3339(letter.recipient.updated_at));
  out.set_reason(letter.recipient.reason);
  out.set_remedy(exchange::remedy_for(letter.recipient.reason));
  return out;
}

v1::DeliveryInfo to_proto(const exchange::QueueEntry& entry, const std::vector<exchange::LinkState>& links) {
  v1::DeliveryInfo out;
  *out.mutable_key() = codec::to_proto(entry.key);
  std::visit([&](const auto& item) { fill(item, out); }, entry.item);
  const auto* outgoing = std::get_if<exchange::OutgoingItem>(&entry.item);
  if (!entry.key.id.empty()) {
    for (const std::string& code : out.recipients())
      out.add_delivery_ids(entry.key.sender.text() + "/" + entry.key.id.text() + "/" + code);
  }
  if (!outgoing || outgoing->state != QueueState::waiting) return out;
  const auto link = std::find_if(links.begin(), links.end(),
                                 [&](const auto& one) { return one.settings.name == outgoing->link; });
  if (link == links.end()) return out;
  if (link->connected) return out;
  out.set_attempts(link->attempts);
  if (link->next_try) out.set_next_try(to_rfc3339(*link->next_try));
  out.set_reason(link->last_error);
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
  if (request.state() == "blocked") out.state = QueueState::blocked;
  if (request.state() == "dead") out.state = QueueState::dead;
  if (!out.state)
    return invalid("state", "WORD_UNKNOWN", "not a state", "use waiting, blocked, held, done or dead");
  return out;
}

// Copying the database may take minutes: on the stream's worker, at its first piece.
class BackupStream final : public PulledStream<v1::BackupPiece> {
 public:
  using PulledStream::PulledStream;

 protected:
  Result<std::optional<v1::BackupPiece>> next() override {
    if (!backup_) {
      auto begun = copy();
      if (!begun) return begun.error();
      backup_ = std::move(*begun);
      if (auto recorded = record(); !recorded) return recorded.error();
    }
    auto piece = backup_->next();
    if (!piece) return piece.error();
    if (!*piece && complete_) return std::optional<v1::BackupPiece>();
    std::optional<v1::BackupPiece> out(std::in_place);
    if (!*piece) {
      complete_ = true;
      out->set_complete(true);
      return out;
    }
    out->set_file((*piece)->file);
    out->set_data(std::move((*piece)->bytes));
    return out;
  }

 private:
  Result<std::unique_ptr<exchange::Backup>> copy() {
    if (backend().options.backups != nullptr) return backend().options.backups->begin();
    return failure(ErrorCode::unimplemented, "NO_BACKUPS", "this node's store makes no copies of itself",
                   "back up its database with its own tools");
  }

  // Nothing leaves before the log says who takes it.
  Result<void> record() {
    std::promise<Result<void>> recorded;
    backend().node.record_backup(who(), [&](const Result<void>& done) { recorded.set_value(done); });
    return recorded.get_future().get();
  }

  std::unique_ptr<exchange::Backup> backup_;
  bool complete_ = false;
};

class OperationsService final : public v1::Operations::CallbackService {
 public:
  using ActAnswer = std::shared_ptr<UnaryAnswer<v1::DeliveryActResponse>>;
  using Act = void (exchange::Node::*)(const exchange::Identity&, const DeliveryId&, const std::string&,
                                       std::function<void(Result<exchange::DeliveryAct>)>);

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

  BackupStream::Reactor* Backup(grpc::CallbackServerContext* context, const v1::BackupRequest*) override {
    auto caller = backend_.callers.admit(*context, Role::operator_);
    if (!caller) return new Refusal<BackupStream::Reactor>(to_status(caller.error()));
    return std::make_shared<BackupStream>(backend_, std::move(*caller), *context)->begin();
  }

  grpc::ServerUnaryReactor* RetryDelivery(grpc::CallbackServerContext* context,
                                          const v1::DeliveryActRequest* request,
                                          v1::DeliveryActResponse* response) override {
    return answer_later(backend_, *context, response, Role::operator_,
                        [this, request](const exchange::Identity& who, const ActAnswer& answer) {
                          act(&exchange::Node::retry_delivery, who, *request, answer);
                        });
  }

  grpc::ServerUnaryReactor* ForwardDelivery(grpc::CallbackServerContext* context,
                                            const v1::ForwardDeliveryRequest* request,
                                            v1::DeliveryActResponse* response) override {
    return answer_later(backend_, *context, response, Role::operator_,
                        [this, request](const exchange::Identity& who, const ActAnswer& answer) {
                          backend_.node.forward_delivery(who, DeliveryId(request->delivery_id()),
                                                         request->to(), request->reason(), giving(answer));
                        });
  }

  grpc::ServerUnaryReactor* CancelDelivery(grpc::CallbackServerContext* context,
                                           const v1::DeliveryActRequest* request,
                                           v1::DeliveryActResponse* response) override {
    return answer_later(backend_, *context, response, Role::operator_,
                        [this, request](const exchange::Identity& who, const ActAnswer& answer) {
                          act(&exchange::Node::cancel_delivery, who, *request, answer);
                        });
  }

  grpc::ServerUnaryReactor* ListAlarms(grpc::CallbackServerContext* context, const v1::ListAlarmsRequest*,
                                       v1::ListAlarmsResponse* response) override {
    return answer(backend_, *context, response, Role::operator_,
                  [this](const exchange::Identity&) -> Result<v1::ListAlarmsResponse> {
                    return list_alarms(backend_.node);
                  });
  }

  grpc::ServerUnaryReactor* AcknowledgeAlarm(grpc::CallbackServerContext* context,
                                             const v1::AcknowledgeAlarmRequest* request,
                                             v1::AlarmInfo* response) override {
    return answer_later(backend_, *context, response, Role::operator_,
                        [this, request](const exchange::Identity& who,
                                        const std::shared_ptr<UnaryAnswer<v1::AlarmInfo>>& later) {
                          acknowledge_alarm(
                              backend_.node, who, *request,
                              [later](Result<v1::AlarmInfo> seen) { later->give(std::move(seen)); });
                        });
  }

  grpc::ServerUnaryReactor* GoOnWithoutPeer(grpc::CallbackServerContext* context,
                                            const v1::GoOnWithoutPeerRequest* request,
                                            v1::GoOnWithoutPeerResponse* response) override {
    using Answer = std::shared_ptr<UnaryAnswer<v1::GoOnWithoutPeerResponse>>;
    return answer_later(backend_, *context, response, Role::operator_,
                        [this, request](const exchange::Identity& who, const Answer& later) {
                          backend_.node.go_on_without_peer(
                              who, request->link(), request->reason(),
                              [later](const Result<std::vector<std::string>>& left) {
                                if (!left) return later->give(left.error());
                                v1::GoOnWithoutPeerResponse out;
                                for (const std::string& link : *left) out.add_waited_for(link);
                                later->give(std::move(out));
                              });
                        });
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
    const exchange::LostMessages lost = backend_.node.lost_messages();
    for (const exchange::LostMessage& message : lost.named) *out.add_lost() = to_proto(message);
    out.set_lost_more(lost.more);
    return out;
  }

  Result<v1::ListDeliveriesResponse> deliveries(const v1::ListDeliveriesRequest& request) const {
    const auto filter = from_proto(request);
    if (!filter) return filter.error();
    v1::ListDeliveriesResponse out;
    const auto links = backend_.node.links();
    if (!filter->state || *filter->state == QueueState::dead) {
      for (const auto& letter : backend_.node.dead_letters(filter->limit))
        *out.add_deliveries() = to_proto(letter);
    }
    for (const auto& entry : backend_.node.queues(*filter)) {
      if (static_cast<std::size_t>(out.deliveries_size()) >= filter->limit) break;
      *out.add_deliveries() = to_proto(entry, links);
    }
    return out;
  }

  void act(Act what, const exchange::Identity& who, const v1::DeliveryActRequest& request,
           const ActAnswer& answer) {
    (backend_.node.*what)(who, DeliveryId(request.delivery_id()), request.reason(), giving(answer));
  }

  static std::function<void(Result<exchange::DeliveryAct>)> giving(ActAnswer answer) {
    return [answer = std::move(answer)](const Result<exchange::DeliveryAct>& done) {
      if (!done) return answer->give(done.error());
      v1::DeliveryActResponse out;
      *out.mutable_key() = codec::to_proto(done->key);
      out.set_recipient(done->recipient.text());
      out.set_outcome(done->outcome);
      answer->give(std::move(out));
    };
  }

  Backend& backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_operations_service(Backend& backend) {
  return std::make_unique<OperationsService>(backend);
}

}  // namespace tram::transport
