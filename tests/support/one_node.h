// One node, H52, whose peers the test itself plays: link "truc" to H01 (the default route) and link "laichau"
// to H12.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/three_nodes.h"

namespace tram::sim {

/// What a Receive stream heard.
class HeardInbox final : public exchange::InboxEvents {
 public:
  bool has_room() override { return deliveries.size() < room; }
  void deliver(exchange::Delivery delivery) override { deliveries.push_back(std::move(delivery)); }
  void acknowledged(const DeliveryId& id) override { acknowledgements.push_back(id); }
  void nothing_waiting() override { ++empty_searches; }
  void draining() override { drained = true; }
  void ended(const Error& error) override { errors.push_back(error); }

  std::size_t room = SIZE_MAX;  ///< deliveries
  std::vector<exchange::Delivery> deliveries;
  std::vector<DeliveryId> acknowledgements;
  std::vector<Error> errors;
  int empty_searches = 0;
  bool drained = false;
};

/// A Receive stream and what it heard.
struct OpenInbox {
  std::shared_ptr<HeardInbox> heard = std::make_shared<HeardInbox>();
  std::shared_ptr<exchange::InboxStream> stream;
};

class OneNode {
 public:
  /// Agencies H52.01, H52.05 (systems "qlvb") and an operator, an auditor and a registrar by configuration.
  OneNode();

  World world;
  Network network;
  SimNode h52;

  void run(Duration time = std::chrono::seconds(1)) { world.run_for(time); }
  [[nodiscard]] exchange::Node& node() { return h52.node(); }
  [[nodiscard]] exchange::Identity agency(const std::string& code = "H52.01") {
    return h52.who(code + " qlvb");
  }
  [[nodiscard]] exchange::Identity peer(const std::string& node = "H01") { return h52.who("node " + node); }

  /// Submits and waits for the answer.
  Result<exchange::Acceptance> submit(const exchange::Identity& who, exchange::SubmissionRequest request);
  Result<exchange::Acceptance> submit(exchange::SubmissionRequest request) {
    return submit(agency(), std::move(request));
  }
  /// Relays as a peer, certificates first, and waits for the outcomes.
  std::vector<exchange::HopOutcome> relay(std::vector<exchange::HopItem> items,
                                          const std::string& node = "H01");
  exchange::HopOutcome relay(exchange::HopItem item, const std::string& node = "H01");
  /// The peer's certificates that its streams bring from now on.
  void know(const PracticeCertificate& certificate, const std::string& node = "H01");
  void bring(const Bytes& der, const std::string& node = "H01");

  [[nodiscard]] OpenInbox open(const std::string& agency, std::uint32_t credits = 10);
  [[nodiscard]] std::vector<exchange::RecipientRow> recipients(const MessageKey& key);

 private:
  std::map<std::string, std::vector<Bytes>> brought_;  // by node
};

/// A header and its hop, before it is signed: change it, then seal().
struct Draft {
  Header header;
  PracticeCertificate seal;
  std::vector<File> files;
  std::vector<AgencyCode> recipients;  ///< of this hop; empty: all of the header's

  [[nodiscard]] exchange::HopMessage sealed() const;
};
/// A dispatch of G09.02, sealed by node G09 now.
[[nodiscard]] Draft draft(const World& world, const std::string& id,
                          const std::vector<std::string>& recipients);

/// A log of another node with these entries, under one signed checkpoint.
[[nodiscard]] ReceiptBundle bundle_of(const std::string& node, const std::vector<EvidenceRecord>& records);

}  // namespace tram::sim
