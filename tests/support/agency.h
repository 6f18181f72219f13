// A document system of one agency, as the contract asks it to be: it sends again until it is answered, and
// keeps the delivery id of what it took.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/node.h"

namespace tram::sim {

/// Never crashes itself, but may let go of its stream. Threads: one.
class SimAgency final : public NodeListener {
 public:
  /// Registers itself at `home`, which must not have started yet.
  SimAgency(SimNode& home, const std::string& agency, const std::string& system = "qlvb");
  ~SimAgency() override;

  /// One hand-over that had an effect.
  struct Taken {
    DeliveryId id;
    Header header;
    std::vector<exchange::HopContent> contents;
    Verdict verdict;
    bool redelivered = false;
  };

  /// Sends until accepted or refused for good.
  void send(exchange::SubmissionRequest request);
  void report_statuses() { reports_ = true; }  ///< 03 and 06 for every dispatch it takes
  void vanish_at_times(std::uint64_t in_thousand) { vanishes_ = in_thousand; }

  [[nodiscard]] const AgencyCode& code() const { return code_; }
  [[nodiscard]] exchange::Identity who();
  [[nodiscard]] const std::vector<Taken>& taken() const { return taken_; }
  [[nodiscard]] const std::map<MessageKey, exchange::Acceptance>& accepted() const { return accepted_; }
  [[nodiscard]] const std::map<MessageKey, Error>& refused() const { return refused_; }
  /// Everything sent is answered.
  [[nodiscard]] bool idle() const { return outbox_.empty(); }
  /// What broke the contract of hand-over; empty if nothing did.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  void node_started() override;
  void node_stopping() override;

 private:
  class Ears;

  void open();
  void submit(const MessageKey& key);
  void answered(const MessageKey& key, const Result<exchange::Acceptance>& answer);
  void deliver(exchange::Delivery delivery);
  void take(exchange::Delivery delivery);
  void acknowledged(const DeliveryId& id);
  void reopen_later();

  SimNode& home_;
  const AgencyCode code_;
  const std::string certificate_;
  bool reports_ = false;
  std::uint64_t vanishes_ = 0;
  std::map<MessageKey, exchange::SubmissionRequest> outbox_;
  std::map<MessageKey, exchange::Acceptance> accepted_;
  std::map<MessageKey, Error> refused_;
  std::vector<Taken> taken_;
  std::set<DeliveryId> known_;
  std::set<DeliveryId> acknowledged_;
  std::vector<std::string> violations_;
  std::shared_ptr<Ears> ears_;  // of the stream that is open
  std::shared_ptr<exchange::InboxStream> stream_;
};

}  // namespace tram::sim
