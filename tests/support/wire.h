// One relay stream between two simulated nodes: in order both ways, until it breaks.
#pragma once

#include <memory>
#include <vector>

#include "tests/support/network.h"

namespace tram::sim {

class Wire : public std::enable_shared_from_this<Wire> {
 public:
  Wire(Network& network, AgencyCode from, AgencyCode to, exchange::Lane lane,
       std::shared_ptr<exchange::PeerStreamEvents> events);

  [[nodiscard]] const AgencyCode& from() const { return from_; }
  [[nodiscard]] const AgencyCode& to() const { return to_; }

  void begin();
  void send(std::uint64_t batch, std::vector<exchange::HopItem> items);
  void send_certificates(const std::vector<Bytes>& der);
  void finish();                            ///< nothing more will be sent
  void announce_draining();                 ///< the peer says that it stops
  void close();                             ///< the sender let go of it
  void cut();                               ///< it breaks
  void lose_end(const AgencyCode& victim);  ///< one of its nodes died

 private:
  void connect();
  void deliver(std::uint64_t batch, std::vector<exchange::HopItem> items);
  void fail(const Error& error);
  /// Calls the other end, never before what was called earlier.
  void forwards(World::Task task);
  void backwards(World::Task task);

  Network& network_;
  const AgencyCode from_;
  const AgencyCode to_;
  const exchange::Lane lane_;
  const LifePtr from_life_;
  LifePtr to_life_;
  std::shared_ptr<exchange::PeerStreamEvents> events_;
  exchange::PeerGreeting greeting_;
  std::shared_ptr<exchange::ArrivalStream> arrival_;
  bool ended_ = false;
  Duration forwards_free_{0};
  Duration backwards_free_{0};
};

}  // namespace tram::sim
