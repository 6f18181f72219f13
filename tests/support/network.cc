#include "tests/support/network.h"

#include "tests/support/upload_run.h"
#include "tests/support/wire.h"

namespace tram::sim {
namespace {

// Holds one end of a wire; letting go of it closes the wire.
class WireEnd final : public exchange::PeerStream {
 public:
  explicit WireEnd(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  ~WireEnd() override { wire_->close(); }
  void send(std::uint64_t batch, std::vector<exchange::HopItem> items) override {
    wire_->send(batch, std::move(items));
  }
  void send_certificates(const std::vector<Bytes>& der) override { wire_->send_certificates(der); }
  void finish() override { wire_->finish(); }

 private:
  const std::shared_ptr<Wire> wire_;
};

class SimPeers final : public exchange::Peers {
 public:
  SimPeers(Network& network, AgencyCode node) : network_(network), node_(std::move(node)) {}

  std::unique_ptr<exchange::PeerStream> open(const std::string& link, exchange::Lane lane,
                                             std::shared_ptr<exchange::PeerStreamEvents> events) override {
    auto wire = std::make_shared<Wire>(network_, node_, network_.peer(node_, link), lane, std::move(events));
    network_.add(wire);
    wire->begin();
    return std::make_unique<WireEnd>(std::move(wire));
  }

  void upload(const std::string& link, const Attachment& attachment,
              const exchange::ContentLocation& location, std::function<void(Result<void>)> done) override {
    auto run = std::make_shared<UploadRun>(network_, node_, network_.peer(node_, link), attachment, location,
                                           std::move(done));
    run->begin();
  }

  void list_held(const std::string& link, Timestamp since, std::int64_t after,
                 std::function<void(Result<exchange::HeldPage>)> done) override {
    network_.world().schedule(network_.find(node_)->life, network_.latency(),
                              [this, to = network_.peer(node_, link), since, after, done = std::move(done)] {
                                done(ask(to, since, after));
                              });
  }

 private:
  Result<exchange::HeldPage> ask(const AgencyCode& to, Timestamp since, std::int64_t after) {
    const Endpoint* peer = network_.reach(node_, to);
    const bool third = ++network_.lists_asked % 3 == 0;
    if (peer == nullptr || network_.lists == Network::Lists::broken ||
        (third && network_.lists == Network::Lists::interrupted))
      return failure(ErrorCode::unavailable, "PEER_DOWN", "no connection");
    if (network_.lists == Network::Lists::unknown)
      return failure(ErrorCode::unimplemented, "UNIMPLEMENTED", "an older program");
    const auto who = peer->node->identify(network_.certificate(node_));
    if (!who) return who.error();
    auto page = peer->node->held(*who, since, after);
    if (page && network_.lists == Network::Lists::endless) page->next = 1;
    return page;
  }

  Network& network_;
  const AgencyCode node_;
};

std::pair<AgencyCode, AgencyCode> pair_of(const AgencyCode& one, const AgencyCode& other) {
  return one < other ? std::pair(one, other) : std::pair(other, one);
}

}  // namespace

void Network::plug(const AgencyCode& node, const Digest& certificate,
                   std::map<std::string, AgencyCode> links) {
  plugged_[node] = {certificate, std::move(links)};
}

void Network::down(const AgencyCode& node) {
  up_.erase(node);
  for (const auto& wire : wires()) {
    if (wire->from() == node || wire->to() == node) wire->lose_end(node);
  }
}

void Network::announce_draining(const AgencyCode& node) {
  for (const auto& wire : wires()) {
    if (wire->to() == node) wire->announce_draining();
  }
}

void Network::cut(const AgencyCode& one, const AgencyCode& other) {
  cut_.insert(pair_of(one, other));
  for (const auto& wire : wires()) {
    if (pair_of(wire->from(), wire->to()) == pair_of(one, other)) wire->cut();
  }
}

void Network::join(const AgencyCode& one, const AgencyCode& other) { cut_.erase(pair_of(one, other)); }

void Network::break_wires() {
  for (const auto& wire : wires()) wire->cut();
}

std::unique_ptr<exchange::Peers> Network::peers_of(const AgencyCode& node) {
  return std::make_unique<SimPeers>(*this, node);
}

const Endpoint* Network::find(const AgencyCode& node) const {
  const auto found = up_.find(node);
  return found == up_.end() ? nullptr : &found->second;
}

const Endpoint* Network::reach(const AgencyCode& from, const AgencyCode& to) const {
  return cut_.contains(pair_of(from, to)) ? nullptr : find(to);
}

AgencyCode Network::peer(const AgencyCode& node, const std::string& link) const {
  return plugged_.at(node).links.at(link);
}

void Network::add(std::shared_ptr<Wire> wire) {
  std::erase_if(wires_, [](const auto& old) { return old.expired(); });
  wires_.push_back(std::move(wire));
}

std::vector<std::shared_ptr<Wire>> Network::wires() {
  std::vector<std::shared_ptr<Wire>> out;
  for (const auto& each : wires_) {
    if (auto alive = each.lock()) out.push_back(std::move(alive));
  }
  return out;
}

}  // namespace tram::sim
