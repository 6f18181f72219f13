// The network between simulated nodes: implements the port `Peers` with virtual latency, and breaks as told.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exchange/node.h"
#include "tests/support/world.h"

namespace tram::sim {

class Wire;

/// What goes wrong, in thousandths of the cases.
struct Faults {
  std::uint64_t lose_batch = 0;   ///< the wire breaks before a batch arrives
  std::uint64_t lose_answer = 0;  ///< the batch is stored, the wire breaks before its answer arrives
  std::uint64_t duplicate = 0;    ///< the batch arrives twice
  std::uint64_t cut_upload = 0;   ///< an upload breaks off, at each piece
  Duration latency = std::chrono::milliseconds(1);
  Duration delay = {};  ///< up to this more, by the seed
};

/// A node as its peers reach it while it is up.
struct Endpoint {
  LifePtr life;
  exchange::Node* node = nullptr;
  exchange::ContentStore* contents = nullptr;
  const Clock* clock = nullptr;
};

/// Joins nodes by their links. Every call happens as a task of the life it belongs to. Threads: one.
class Network {
 public:
  explicit Network(World& world) : world_(world), life_(world.begin_life()) {}

  Faults faults;
  /// Sees, and may change, each item that arrives.
  std::function<void(const AgencyCode& from, const AgencyCode& to, exchange::HopItem& item)> tamper;

  /// Sees, and may change, the answers to batches that `from` sent.
  std::function<void(const AgencyCode& from, std::vector<exchange::HopOutcome>& outcomes)> mangle_answers;

  /// What comes of the next upload, once.
  std::optional<Error> refuse_upload;

  /// What comes of asking a peer what it holds. Interrupted: each third page is lost.
  enum class Lists : std::uint8_t { answered, unknown, broken, endless, interrupted };
  Lists lists = Lists::answered;
  std::size_t lists_asked = 0;  ///< pages

  /// `certificate`: of the node's TLS key; `links`: the peers' codes by link name.
  void plug(const AgencyCode& node, const Digest& certificate, std::map<std::string, AgencyCode> links);
  void up(const AgencyCode& node, Endpoint endpoint) { up_[node] = std::move(endpoint); }
  /// The node has died: its wires break, the other ends hear of it.
  void down(const AgencyCode& node);
  /// The node tells its peers that it is about to stop.
  void announce_draining(const AgencyCode& node);
  /// No wire between the two from now on, or again.
  void cut(const AgencyCode& one, const AgencyCode& other);
  void join(const AgencyCode& one, const AgencyCode& other);
  void break_wires();  ///< all that stand; new ones may be opened at once

  [[nodiscard]] std::unique_ptr<exchange::Peers> peers_of(const AgencyCode& node);

  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] const LifePtr& life() const { return life_; }
  [[nodiscard]] Duration latency() { return faults.latency + world_.random_time(faults.delay); }
  /// The node reached from `from`; nothing while it is down or cut off.
  [[nodiscard]] const Endpoint* reach(const AgencyCode& from, const AgencyCode& to) const;
  [[nodiscard]] const Endpoint* find(const AgencyCode& node) const;
  [[nodiscard]] AgencyCode peer(const AgencyCode& node, const std::string& link) const;
  [[nodiscard]] const Digest& certificate(const AgencyCode& node) const {
    return plugged_.at(node).certificate;
  }
  void add(std::shared_ptr<Wire> wire);

 private:
  struct Plug {
    Digest certificate;
    std::map<std::string, AgencyCode> links;
  };
  [[nodiscard]] std::vector<std::shared_ptr<Wire>> wires();

  World& world_;
  const LifePtr life_;
  std::map<AgencyCode, Plug> plugged_;
  std::map<AgencyCode, Endpoint> up_;
  std::set<std::pair<AgencyCode, AgencyCode>> cut_;
  std::vector<std::weak_ptr<Wire>> wires_;
};

}  // namespace tram::sim
