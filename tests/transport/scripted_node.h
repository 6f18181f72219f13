// A node that does what a test says: what comes in lies in mailboxes until the test answers it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "exchange/node.h"
#include "tests/transport/mailbox.h"

namespace tram::transport::test {

struct Submitted {
  exchange::Identity who;
  exchange::SubmissionRequest request;
  std::function<void(Result<exchange::Acceptance>)> done;
};

/// What happened on one Receive stream.
struct Inbox {
  std::shared_ptr<exchange::InboxEvents> events;
  Mailbox<std::uint32_t> credits;
  Mailbox<bool> resumed;
  Mailbox<std::string> acknowledged;
  Mailbox<bool> closed;
};

/// Two alarms; remembers who saw which.
class ScriptedAlarms final : public exchange::Alarms {
 public:
  Mailbox<std::pair<exchange::Identity, std::string>> seen;
  Mailbox<std::pair<AlarmKind, std::string>> raised;

  void raise(AlarmKind kind, const std::string& subject, const std::string&) override {
    raised.put({kind, subject});
  }
  void clear(AlarmKind, const std::string&) override {}
  void hold(AlarmKind, const std::vector<exchange::AlarmCondition>&) override {}
  [[nodiscard]] std::vector<Alarm> list() const override;
  void acknowledge(const exchange::Identity& who, AlarmKind kind, const std::string& subject,
                   std::function<void(Result<Alarm>)> done) override;
};

struct Arrived {
  std::vector<exchange::HopItem> items;
  exchange::ArrivalStream::Answer answer;
};

class ScriptedNode final : public exchange::Node {
 public:
  ScriptedNode();

  /// The registry.
  void know(const Digest& certificate, exchange::Identity identity);
  void forget(const Digest& certificate);

  Mailbox<Submitted> submissions;
  Mailbox<std::shared_ptr<Inbox>> inboxes;
  Mailbox<Arrived> batches;
  Mailbox<std::vector<Bytes>> certificates;
  Mailbox<std::string> peers_up;
  Mailbox<exchange::PeerHello> greetings;
  Mailbox<std::string> gone_on;
  Mailbox<RegistryEntry> added;
  Mailbox<exchange::Identity> backups;
  exchange::Settings the_settings;
  exchange::EvidenceParts the_evidence;
  exchange::AttachmentSource the_attachment;
  exchange::LostMessages the_lost;
  std::atomic<int> arrival_streams = 0;  ///< open now
  /// Called by identify() before it looks. Set while nobody asks.
  std::function<void()> before_identifying;

  void start() override {}
  void drain(std::function<void()> links_done) override { links_done(); }
  void stop() override {}
  bool is_draining() const override { return false; }
  Result<void> has_room() const override { return {}; }
  Result<exchange::Identity> identify(const Digest& certificate) const override;
  std::shared_ptr<void> on_registry_change(std::function<void()> callback) override;
  void submit(const exchange::Identity& who, exchange::SubmissionRequest request,
              std::function<void(Result<exchange::Acceptance>)> done) override;
  Result<std::shared_ptr<exchange::InboxStream>> receive(
      const exchange::Identity& who, std::shared_ptr<exchange::InboxEvents> events) override;
  /// Waiting: rows 1 to 5 of class 1, whoever asks.
  Result<std::vector<exchange::WaitingDelivery>> waiting(const exchange::Identity& who,
                                                         const std::optional<exchange::InboxPlace>& after,
                                                         std::size_t limit) const override;
  Result<std::shared_ptr<exchange::ArrivalStream>> arrivals(const exchange::Identity& who,
                                                            exchange::Lane lane) override;
  void peer_is_up(const std::string& link, const exchange::PeerHello& hello) override {
    peers_up.put(link);
    greetings.put(hello);
  }
  exchange::PeerHello hello_to(const std::string&) const override {
    exchange::PeerHello hello;
    hello.node = the_settings.node;
    hello.inline_limit = the_settings.inline_limit;
    hello.max_batch_bytes = the_settings.batch_bytes;
    hello.time = SystemClock().now();
    return hello;
  }
  Result<exchange::HeldPage> held(const exchange::Identity& who, Timestamp since,
                                  std::int64_t after) const override;
  exchange::LostMessages lost_messages() const override { return the_lost; }
  void record_backup(const exchange::Identity& who, std::function<void(Result<void>)> done) override {
    backups.put(who);
    done({});
  }
  void go_on_without_peer(const exchange::Identity&, const std::string& link, const std::string& why,
                          std::function<void(Result<std::vector<std::string>>)> done) override {
    gone_on.put(link + ": " + why);
    done(std::vector<std::string>{"other"});
  }
  Result<exchange::TrackView> track(const exchange::Identity& who, const MessageKey& key) const override;
  Result<exchange::EvidenceParts> evidence(const exchange::Identity& who, const MessageKey& key) override;
  Result<exchange::AttachmentSource> attachment(const exchange::Identity& who, const DeliveryId& id,
                                                std::size_t index) const override;
  std::vector<AgencyCode> agencies() const override;
  const exchange::Settings& settings() const override { return the_settings; }
  std::vector<exchange::LinkState> links() const override;
  std::vector<exchange::QueueEntry> queues(const exchange::QueueFilter& filter) const override;
  std::vector<exchange::DeadLetter> dead_letters(std::size_t limit) const override;
  void retry_delivery(const exchange::Identity& who, const DeliveryId& id, const std::string& why,
                      std::function<void(Result<exchange::DeliveryAct>)> done) override;
  void forward_delivery(const exchange::Identity& who, const DeliveryId& id, const std::string& to,
                        const std::string& why,
                        std::function<void(Result<exchange::DeliveryAct>)> done) override;
  void cancel_delivery(const exchange::Identity& who, const DeliveryId& id, const std::string& why,
                       std::function<void(Result<exchange::DeliveryAct>)> done) override;
  exchange::StoreCounts counts() const override { return {7, 3, 21}; }
  ScriptedAlarms& alarms() override { return alarms_; }
  Result<Bytes> checkpoint() override { return Bytes("a signed note"); }
  void add_registration(const exchange::Identity& who, RegistryEntry entry,
                        std::function<void(Result<RegistryEntry>)> done) override;
  void revoke_registration(const exchange::Identity& who, const Digest& certificate,
                           std::function<void(Result<RegistryEntry>)> done) override;
  std::vector<RegistryEntry> registrations() const override { return {}; }

 private:
  void changed();

  ScriptedAlarms alarms_;

  mutable std::mutex mutex_;  // guards what follows
  std::map<Digest, exchange::Identity> known_;
  std::vector<std::weak_ptr<std::function<void()>>> listeners_;
};

/// NOT_FOUND, as the real node answers who is no party.
[[nodiscard]] Error not_there();
[[nodiscard]] AgencyCode code(std::string_view text);

}  // namespace tram::transport::test
