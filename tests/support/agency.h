// The document systems of one agency, as the contract asks them to be: they send again until they are
// answered, and keep the delivery id of what they took.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/node.h"

namespace tram::sim {

/// What document systems do at times, in thousandths of the cases.
struct Habits {
  std::uint64_t vanish = 0;        ///< its stream breaks at a hand-over
  std::uint64_t lose_answer = 0;   ///< does not hear the answer to a submission, and sends it again
  std::uint64_t send_twice = 0;    ///< sends the same again, at once and after its answer
  std::uint64_t reuse_id = 0;      ///< sends other content under an id that was accepted
  std::uint64_t break_upload = 0;  ///< an upload breaks off, at each piece
  Duration thinking = {};          ///< up to this long between a hand-over and its acknowledgement
};

/// Several systems may share the agency's inboxes and its one memory of what it took: what they store never
/// gets lost, their streams do. Threads: one.
class SimAgency final : public NodeListener {
 public:
  /// Registers its first system at `home`, which must not have started yet.
  SimAgency(SimNode& home, const std::string& agency, const std::string& system = "qlvb");
  ~SimAgency() override;

  /// Before the home's first start: one more system, which competes for the inbox.
  void add_system(const std::string& system, const std::string& inbox = "default");

  /// What was submitted, with the bytes of all attachments.
  struct Sent {
    exchange::SubmissionRequest request;
    Submission fields;
    std::vector<File> files;
    bool uploaded = false;
    bool had_room = false;  ///< at one of its submissions at least the node had room for new work
  };
  /// A submission that was refused for good.
  struct Refused {
    Error error;
    Timestamp at;  ///< by the node's clock
  };
  /// One hand-over that had an effect.
  struct Taken {
    DeliveryId id;
    Header header;
    std::vector<exchange::HopContent> contents;  ///< also of what was uploaded the bytes
    Verdict verdict;
    bool redelivered = false;
    std::optional<Forwarding> forwarding;
  };
  /// One hand-over, heard or not.
  struct HandOver {
    DeliveryId id;
    std::string system;
    std::string inbox;
    bool redelivered = false;
  };

  /// Sends until accepted or refused for good.
  void send(exchange::SubmissionRequest request);
  /// Uploads the files before.
  void send_uploaded(Submission fields, const std::vector<File>& files);
  /// Its node, which is down, was put back: what was accepted and it does not know any more is sent again,
  /// with a signature of today if the agency signs itself.
  void send_again_what_is_lost();
  void report_statuses() { reports_ = true; }  ///< 03 and 06 for every dispatch it takes
  [[nodiscard]] Habits& habits() { return habits_; }

  [[nodiscard]] const AgencyCode& code() const { return code_; }
  [[nodiscard]] SimNode& home() const { return home_; }
  [[nodiscard]] exchange::Identity who();
  [[nodiscard]] std::size_t systems() const { return connections_.size(); }
  [[nodiscard]] const std::map<MessageKey, Sent>& sent() const { return sent_; }
  [[nodiscard]] const std::map<MessageKey, exchange::Acceptance>& accepted() const { return accepted_; }
  [[nodiscard]] const std::map<MessageKey, Refused>& refused() const { return refused_; }
  [[nodiscard]] const std::vector<Taken>& taken() const { return taken_; }
  [[nodiscard]] const std::vector<HandOver>& hand_overs() const { return hand_overs_; }
  /// Everything sent is answered.
  [[nodiscard]] bool idle() const { return outbox_.empty(); }
  /// Answers that there is no room for new work.
  [[nodiscard]] std::uint64_t put_off() const { return put_off_; }
  /// How the violation ends that a restored node accepted something before its peers had handed back.
  static constexpr const char* kAcceptedTooEarly = ": accepted before the peers had handed back";
  /// What broke the contract of submission or hand-over; empty if nothing did.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  void node_started() override;
  void node_stopping() override;

 private:
  class Ears;
  // One system and its stream.
  struct Connection {
    std::string system;
    std::string inbox;
    std::shared_ptr<Ears> ears;
    std::shared_ptr<exchange::InboxStream> stream;
  };

  void open(Connection& connection);
  void reopen_later(Connection& connection, Duration delay);
  void post(const MessageKey& key);
  void upload(const MessageKey& key, std::size_t file);
  void submit(const MessageKey& key);
  void again(Duration delay, const MessageKey& key);
  void answered(const MessageKey& key, const Result<exchange::Acceptance>& answer);
  void accepted(const MessageKey& key, const exchange::Acceptance& acceptance);
  void refused(const MessageKey& key, const Error& error);
  void reuse_id(const MessageKey& key);
  void hear(Connection& connection, exchange::Delivery delivery, bool deaf);
  void vanish(Connection& connection, exchange::Delivery delivery);
  void take(Connection& connection, exchange::Delivery delivery);
  [[nodiscard]] Result<void> fetch_uploaded(exchange::Delivery& delivery);
  void acknowledge(Connection& connection, const DeliveryId& id);
  void acknowledged(Connection& connection, const DeliveryId& id);

  SimNode& home_;
  const AgencyCode code_;
  bool reports_ = false;
  Habits habits_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::map<MessageKey, Sent> sent_;
  std::set<MessageKey> outbox_;
  std::set<MessageKey> due_again_;
  std::map<MessageKey, exchange::Acceptance> accepted_;
  std::map<MessageKey, Refused> refused_;
  std::vector<Taken> taken_;
  std::vector<HandOver> hand_overs_;
  std::set<DeliveryId> handed_;  // heard or not
  std::set<DeliveryId> known_;
  std::set<DeliveryId> acknowledged_;
  std::uint64_t put_off_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace tram::sim
