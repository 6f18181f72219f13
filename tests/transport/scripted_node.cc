#include "tests/transport/scripted_node.h"

namespace tram::transport::test {
namespace {

class ScriptedInbox final : public exchange::InboxStream {
 public:
  explicit ScriptedInbox(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {}
  ~ScriptedInbox() override { inbox_->closed.put(true); }
  void add_credits(std::uint32_t credits) override { inbox_->credits.put(credits); }
  void resume() override { inbox_->resumed.put(true); }
  void acknowledge(const DeliveryId& id) override { inbox_->acknowledged.put(id.text()); }

 private:
  std::shared_ptr<Inbox> inbox_;
};

class ScriptedArrivals final : public exchange::ArrivalStream {
 public:
  explicit ScriptedArrivals(ScriptedNode& node) : node_(node) { ++node_.arrival_streams; }
  ~ScriptedArrivals() override { --node_.arrival_streams; }
  void certificates(std::vector<Bytes> der) override { node_.certificates.put(std::move(der)); }
  void batch(std::vector<exchange::HopItem> items, Answer answer) override {
    node_.batches.put({std::move(items), std::move(answer)});
  }

 private:
  ScriptedNode& node_;
};

}  // namespace

Error not_there() {
  return failure(ErrorCode::not_found, "MESSAGE_UNKNOWN", "no such message", "check the key");
}
AgencyCode code(std::string_view text) { return AgencyCode::parse(text).value(); }

std::vector<Alarm> ScriptedAlarms::list() const {
  Alarm down;
  down.kind = AlarmKind::link_down;
  down.subject = "truc";
  down.since = from_micros(1'700'000'000'000'000);
  down.last = down.since + std::chrono::minutes(7);
  down.count = 1;
  down.detail = "away";
  Alarm reused = down;
  reused.kind = AlarmKind::id_reused;
  reused.subject = "H52.01/m1";
  reused.count = 4;
  reused.acknowledged_by = "operator";
  reused.acknowledged_at = reused.last;
  return {down, reused};
}

void ScriptedAlarms::acknowledge(const exchange::Identity& who, AlarmKind kind, const std::string& subject,
                                 std::function<void(Result<Alarm>)> done) {
  seen.put({who, std::string(name(kind)) + " " + subject});
  if (subject == "truc") return done(list()[0]);
  done(failure(ErrorCode::not_found, "ALARM_UNKNOWN", "there is no such alarm"));
}

ScriptedNode::ScriptedNode() {
  the_settings.node = code("H52");
  the_settings.log_origin = "H52.tram.example/log";
  the_settings.links.push_back({"truc", code("G22"), {AgencyCode()}, {}});
}

void ScriptedNode::know(const Digest& certificate, exchange::Identity identity) {
  identity.certificate = certificate;
  {
    const std::lock_guard lock(mutex_);
    known_[certificate] = std::move(identity);
  }
  changed();
}

void ScriptedNode::forget(const Digest& certificate) {
  {
    const std::lock_guard lock(mutex_);
    known_.erase(certificate);
  }
  changed();
}

void ScriptedNode::changed() {
  std::vector<std::shared_ptr<std::function<void()>>> listening;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& one : listeners_) {
      if (auto alive = one.lock()) listening.push_back(std::move(alive));
    }
  }
  for (const auto& one : listening) (*one)();
}

Result<exchange::Identity> ScriptedNode::identify(const Digest& certificate) const {
  if (before_identifying) before_identifying();
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(certificate);
  if (found != known_.end()) return found->second;
  return failure(ErrorCode::permission_denied, "NOT_REGISTERED",
                 "sha256:" + certificate.hex() + " is not registered", "ask the registrar");
}

std::shared_ptr<void> ScriptedNode::on_registry_change(std::function<void()> callback) {
  auto kept = std::make_shared<std::function<void()>>(std::move(callback));
  const std::lock_guard lock(mutex_);
  listeners_.push_back(kept);
  return kept;
}

void ScriptedNode::submit(const exchange::Identity& who, exchange::SubmissionRequest request,
                          std::function<void(Result<exchange::Acceptance>)> done) {
  submissions.put({who, std::move(request), std::move(done)});
}

Result<std::shared_ptr<exchange::InboxStream>> ScriptedNode::receive(
    const exchange::Identity& who, std::shared_ptr<exchange::InboxEvents> events) {
  if (!who.roles.has(Role::agency)) return failure(ErrorCode::permission_denied, "ROLE_MISSING", "no agency");
  auto inbox = std::make_shared<Inbox>();
  inbox->events = std::move(events);
  inboxes.put(inbox);
  return std::shared_ptr<exchange::InboxStream>(std::make_shared<ScriptedInbox>(inbox));
}

Result<std::vector<exchange::WaitingDelivery>> ScriptedNode::waiting(
    const exchange::Identity& who, const std::optional<exchange::InboxPlace>& after,
    std::size_t limit) const {
  if (!who.roles.has(Role::agency)) return failure(ErrorCode::permission_denied, "ROLE_MISSING", "no agency");
  std::vector<exchange::WaitingDelivery> out;
  for (int row = after ? static_cast<int>(after->row) + 1 : 1; row <= 5 && out.size() < limit; ++row) {
    exchange::WaitingDelivery one;
    one.id = DeliveryId("G09.02/m" + std::to_string(row) + "/" + who.agency.text());
    one.entry.key = {code("G09.02"), MessageId("m" + std::to_string(row))};
    one.entry.kind = row == 2 ? MessageKind::status : MessageKind::dispatch;
    one.entry.stored_at = from_micros(1'700'000'000'000'000);
    one.entry.item.row = static_cast<exchange::QueueRow>(row);
    one.entry.item.priority = 1;
    one.entry.item.redelivered = row == 3;
    one.entry.claimed = row == 4;
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::shared_ptr<exchange::ArrivalStream>> ScriptedNode::arrivals(const exchange::Identity& who,
                                                                        exchange::Lane) {
  if (who.link.empty()) return failure(ErrorCode::permission_denied, "ROLE_MISSING", "no peer");
  return std::shared_ptr<exchange::ArrivalStream>(std::make_shared<ScriptedArrivals>(*this));
}

Result<exchange::TrackView> ScriptedNode::track(const exchange::Identity&, const MessageKey& key) const {
  if (key.id.text() != "known") return not_there();
  exchange::TrackView view;
  view.header.submission.key = key;
  view.recipients.push_back({{code("G09.02"), RecipientState::consigned, "", StatusCode::arrived, {}}, 2});
  view.events.push_back({Timestamp(), code("H52"), "SubmissionAcceptance", {code("G09.02")}, "by", "", true});
  return view;
}

Result<exchange::EvidenceParts> ScriptedNode::evidence(const exchange::Identity&, const MessageKey& key) {
  if (key.id.text() != "known") return not_there();
  return the_evidence;
}

Result<exchange::AttachmentSource> ScriptedNode::attachment(const exchange::Identity&, const DeliveryId& id,
                                                            std::size_t) const {
  if (id.text() != "known") return not_there();
  return the_attachment;
}

std::vector<AgencyCode> ScriptedNode::agencies() const { return {code("H52.01"), code("H52.05")}; }

std::vector<exchange::LinkState> ScriptedNode::links() const {
  exchange::LinkState link;
  link.settings = the_settings.links.front();
  link.attempts = 4;
  link.last_error = "refused";
  return {link};
}

std::vector<exchange::DeadLetter> ScriptedNode::dead_letters(std::size_t) const {
  return {{{code("H52.01"), MessageId("dead")},
           Priority::urgent,
           {code("G09.99"), RecipientState::dead, "UNKNOWN_RECIPIENT: no agency", std::nullopt, {}, 1}}};
}

// One message, its id the time and place asked for; behind place 0 there is one more page.
Result<exchange::HeldPage> ScriptedNode::held(const exchange::Identity& who, Timestamp since,
                                              std::int64_t after) const {
  if (who.link.empty()) return failure(ErrorCode::permission_denied, "ROLE_MISSING", "no peer");
  const MessageId id(std::to_string(since.time_since_epoch().count()) + "-" + std::to_string(after));
  return exchange::HeldPage{{{{code("G22.01"), id}, {code("H52.01"), code("H52.05")}}}, after == 0 ? 17 : 0};
}

void ScriptedNode::retry_delivery(const exchange::Identity&, const DeliveryId& id, const std::string& why,
                                  std::function<void(Result<exchange::DeliveryAct>)> done) {
  if (id.text() != "H52.01/dead/G09.99") return done(not_there());
  done(exchange::DeliveryAct{{code("H52.01"), MessageId("dead")}, code("G09.99"), "retried: " + why});
}

void ScriptedNode::forward_delivery(const exchange::Identity&, const DeliveryId& id, const std::string& to,
                                    const std::string&,
                                    std::function<void(Result<exchange::DeliveryAct>)> done) {
  if (id.text() != "H52.01/dead/G09.99") return done(not_there());
  done(exchange::DeliveryAct{{code("H52.01"), MessageId("dead")}, code("G09.99"), "forwarded to " + to});
}

void ScriptedNode::cancel_delivery(const exchange::Identity&, const DeliveryId& id, const std::string&,
                                   std::function<void(Result<exchange::DeliveryAct>)> done) {
  if (id.text() != "H52.01/dead/G09.99") return done(not_there());
  done(exchange::DeliveryAct{{code("H52.01"), MessageId("dead")}, code("G09.99"), "closed"});
}

std::vector<exchange::QueueEntry> ScriptedNode::queues(const exchange::QueueFilter& filter) const {
  exchange::OutgoingItem item;
  item.link = "truc";
  item.recipients = {code("G09.02")};
  item.state = filter.state.value_or(QueueState::waiting);
  return {{{code("H52.01"), MessageId("a")}, item}};
}

void ScriptedNode::add_registration(const exchange::Identity&, RegistryEntry entry,
                                    std::function<void(Result<RegistryEntry>)> done) {
  added.put(entry);
  done(entry);
}

void ScriptedNode::revoke_registration(const exchange::Identity&, const Digest&,
                                       std::function<void(Result<RegistryEntry>)> done) {
  done(failure(ErrorCode::not_found, "NOT_REGISTERED", "no such entry"));
}

}  // namespace tram::transport::test
