#include "exchange/node.h"

#include <atomic>

#include "codec/evidence_json.h"
#include "exchange/acceptor.h"
#include "exchange/alarm_book.h"
#include "exchange/alarm_watch.h"
#include "exchange/alarming_observer.h"
#include "exchange/arrivals.h"
#include "exchange/context.h"
#include "exchange/delivery_desk.h"
#include "exchange/disk_guard.h"
#include "exchange/handing_back.h"
#include "exchange/housekeeper.h"
#include "exchange/inbox_desk.h"
#include "exchange/link.h"
#include "exchange/operator_act.h"
#include "exchange/overdue.h"
#include "exchange/receipt_office.h"
#include "exchange/reconciliation.h"
#include "exchange/registrar.h"
#include "exchange/tracker.h"

namespace tram::exchange {

std::string_view name(Stage stage) {
  switch (stage) {
    case Stage::parse:
      return "parse";
    case Stage::hash:
      return "hash";
    case Stage::verify:
      return "verify";
    case Stage::sign:
      return "sign";
    case Stage::queue:
      return "queue";
    case Stage::commit:
      return "commit";
    case Stage::relay:
      return "relay";
    case Stage::peer:
      return "peer";
    case Stage::receipt:
      return "receipt";
    case Stage::hand_over:
      return "hand_over";
  }
  return "?";
}

namespace {

Services with_observer(const Services& services, Observer& observer) {
  return {services.clock,   services.workers,   services.timers,     services.messages, services.contents,
          services.seals,   services.verifier,  services.signatures, services.peers,    observer,
          services.log_key, services.collector, services.disk};
}

Error draining() {
  return failure(ErrorCode::unavailable, "DRAINING", "the node is stopping; nothing was stored",
                 "send the same again in a moment");
}

Error no_peer(const Identity& who) {
  return failure(ErrorCode::permission_denied, "ROLE_MISSING",
                 "the certificate sha256:" + who.certificate.hex() + " is no peer's",
                 "name it under [[link]] in this node's configuration");
}

class ExchangeNode final : public Node, private Wakeups {
 public:
  ExchangeNode(Settings settings, const Services& services)
      : settings_(std::move(settings)),
        observer_(services.observer),
        services_(with_observer(services, observer_)),
        router_(settings_),
        registry_(settings_),
        clocks_(services_.clock, settings_.clock_tolerance),
        disk_(settings_, services_),
        times_(services_.clock, observer_),
        context_{settings_, services_, router_, registry_, *this, clocks_, disk_, times_, unsaved_},
        alarms_(context_),
        watch_(context_, alarms_, [this] { return links(); }),
        acceptor_(context_),
        receipts_(context_),
        desk_(context_),
        tracker_(context_),
        registrar_(context_),
        deliveries_(context_),
        overdue_(context_),
        handing_back_(context_),
        reconciliation_(context_, alarms_),
        housekeeper_(settings_, services_, disk_, clocks_) {
    observer_.raise_in(alarms_);
    for (const LinkSettings& link : settings_.links) {
      links_.emplace(link.name, std::make_unique<Link>(context_, link));
    }
  }

  void start() override {
    registry_.load(services_.messages.registry());
    alarms_.load();
    for (auto& [name, link] : links_) link->start();
    reconciliation_.start();
    overdue_.start();
    watch_.start();
    disk_.start([this] { housekeeper_.hurry(); });
    housekeeper_.start();
    receipts_.log_grew();  // what the last run logged and did not send
  }

  void drain(std::function<void()> links_done) override {
    draining_ = true;
    watch_.stop();
    desk_.drain();
    if (links_.empty()) return links_done();
    const auto left = std::make_shared<std::atomic<std::size_t>>(links_.size());
    for (auto& [name, link] : links_) {
      link->drain([left, links_done] {
        if (--*left == 0) links_done();
      });
    }
  }

  void stop() override {
    receipts_.stop();
    overdue_.stop();
    handing_back_.stop();
    reconciliation_.stop();
    disk_.stop();
    housekeeper_.stop();
    watch_.stop();
    for (auto& [name, link] : links_) link->stop();
  }

  bool is_draining() const override { return draining_; }
  Result<void> has_room() const override { return disk_.admit(); }

  Result<Identity> identify(const Digest& certificate) const override {
    return registry_.identify(certificate);
  }

  std::shared_ptr<void> on_registry_change(std::function<void()> callback) override {
    return registry_.listen(std::move(callback));
  }

  void submit(const Identity& who, SubmissionRequest request,
              std::function<void(Result<Acceptance>)> done) override {
    if (draining_) return done(draining());
    if (auto restoring = reconciliation_.waiting()) return done(*restoring);
    acceptor_.submit(who, std::move(request), std::move(done));
  }

  Result<std::shared_ptr<InboxStream>> receive(const Identity& who,
                                               std::shared_ptr<InboxEvents> events) override {
    if (draining_) return draining();
    return desk_.open(who, std::move(events));
  }

  Result<std::vector<WaitingDelivery>> waiting(const Identity& who, const std::optional<InboxPlace>& after,
                                               std::size_t limit) const override {
    return desk_.list(who, after, limit);
  }

  Result<std::shared_ptr<ArrivalStream>> arrivals(const Identity& who, Lane lane) override {
    if (draining_) return draining();
    if (who.link.empty()) return no_peer(who);
    return make_arrival_stream(context_, receipts_, who, lane, draining_);
  }

  void peer_is_up(const std::string& link, const PeerHello& hello) override {
    if (hello.time) clocks_.peer_said(link, *hello.time);
    reconciliation_.peer_said(link, hello);
    try_now(link);
  }

  PeerHello hello_to(const std::string& link) const override {
    PeerHello hello;
    hello.node = settings_.node;
    hello.inline_limit = settings_.inline_limit;
    hello.max_batch_bytes = settings_.batch_bytes;
    hello.time = context_.now();
    hello.lacks_since = reconciliation_.lacks_since(link);
    if (hello.lacks_since) hello.former_origin = settings_.restored->former_origin;
    return hello;
  }

  Result<HeldPage> held(const Identity& who, Timestamp since, std::int64_t after) const override {
    if (draining_) return draining();
    if (who.link.empty()) return no_peer(who);
    return handing_back_.held(who.link, since, after);
  }

  LostMessages lost_messages() const override { return reconciliation_.lost(); }

  void go_on_without_peer(const Identity& who, const std::string& link, const std::string& why,
                          Reconciliation::Done done) override {
    reconciliation_.go_on_without(who, link, why, std::move(done));
  }

  void record_backup(const Identity& who, std::function<void(Result<void>)> done) override {
    EvidenceRecord record =
        operator_act(context_, "BACKUP_TAKEN", "a copy of the message store and all contents");
    record.peer = "sha256:" + who.certificate.hex();
    services_.messages.submit(
        [bytes = codec::write_record(record)](Transaction& transaction) -> Result<void> {
          transaction.append_record(bytes, std::nullopt, "");
          return {};
        },
        [this, record, done = std::move(done)](const Result<void>& committed) {
          if (committed) services_.observer.recorded(record);
          context_.wakeups.log_grew();
          done(committed);
        });
  }

  Result<TrackView> track(const Identity& who, const MessageKey& key) const override {
    return tracker_.track(who, key);
  }

  Result<EvidenceParts> evidence(const Identity& who, const MessageKey& key) override {
    return tracker_.evidence(who, key, receipts_);
  }

  Result<AttachmentSource> attachment(const Identity& who, const DeliveryId& id,
                                      std::size_t index) const override {
    return tracker_.attachment(who, id, index);
  }

  std::vector<AgencyCode> agencies() const override { return registry_.agencies(); }
  const Settings& settings() const override { return settings_; }

  std::vector<LinkState> links() const override {
    std::vector<LinkState> out;
    out.reserve(links_.size());
    for (const auto& [name, link] : links_) out.push_back(link->state());
    return out;
  }

  std::vector<QueueEntry> queues(const QueueFilter& filter) const override {
    return services_.messages.list_queues(filter);
  }
  std::vector<DeadLetter> dead_letters(std::size_t limit) const override {
    return services_.messages.dead_letters(limit);
  }
  void retry_delivery(const Identity& who, const DeliveryId& id, const std::string& why,
                      DeliveryDesk::Done done) override {
    deliveries_.retry(who, id, why, std::move(done));
  }
  void forward_delivery(const Identity& who, const DeliveryId& id, const std::string& to,
                        const std::string& why, DeliveryDesk::Done done) override {
    deliveries_.forward(who, id, to, why, std::move(done));
  }
  void cancel_delivery(const Identity& who, const DeliveryId& id, const std::string& why,
                       DeliveryDesk::Done done) override {
    deliveries_.cancel(who, id, why, std::move(done));
  }
  StoreCounts counts() const override { return services_.messages.counts(); }
  Alarms& alarms() override { return alarms_; }
  Result<Bytes> checkpoint() override { return receipts_.checkpoint_now(); }

  void add_registration(const Identity& who, RegistryEntry entry, Registrar::Done done) override {
    registrar_.add(who, std::move(entry), std::move(done));
  }
  void revoke_registration(const Identity& who, const Digest& certificate, Registrar::Done done) override {
    registrar_.revoke(who, certificate, std::move(done));
  }
  std::vector<RegistryEntry> registrations() const override { return registry_.entries(); }

 private:
  void peer_lacks(const std::string& link, const PeerHello& hello) override {
    handing_back_.peer_lacks(link, hello);
  }
  PeerGreeting greeting(const std::string& link) const override { return handing_back_.greeting(link); }
  void try_now(const std::string& link) override {
    const auto found = links_.find(link);
    if (found != links_.end()) found->second->peer_is_up();
  }
  void greet_again(const std::optional<std::string>& one) override {
    for (auto& [name, link] : links_) {
      if (!one || *one == name) link->greet_again();
    }
  }
  void all_links() override {
    for (auto& [name, link] : links_) link->wake(std::nullopt);
  }
  void outgoing(const std::string& link, std::optional<int> priority) override {
    const auto found = links_.find(link);
    if (found != links_.end()) found->second->wake(priority);
  }
  void inbox(const AgencyCode& agency, const std::string& inbox) override { desk_.wake(agency, inbox); }
  void log_grew() override { receipts_.log_grew(); }

  const Settings settings_;
  AlarmingObserver observer_;
  const Services services_;
  const Router router_;
  RegistryBook registry_;
  ClockTrust clocks_;
  DiskGuard disk_;
  TimeBook times_;
  UnsavedCertificates unsaved_;
  const Context context_;
  AlarmBook alarms_;
  AlarmWatch watch_;
  Acceptor acceptor_;
  ReceiptOffice receipts_;
  InboxDesk desk_;
  Tracker tracker_;
  Registrar registrar_;
  DeliveryDesk deliveries_;
  Overdue overdue_;
  HandingBack handing_back_;
  Reconciliation reconciliation_;
  Housekeeper housekeeper_;
  std::map<std::string, std::unique_ptr<Link>> links_;
  std::atomic<bool> draining_{false};
};

}  // namespace

std::unique_ptr<Node> make_node(Settings settings, const Services& services) {
  return std::make_unique<ExchangeNode>(std::move(settings), services);
}

}  // namespace tram::exchange
