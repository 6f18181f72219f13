// The way to other nodes over gRPC: one connection a stream, one more for other calls, each to exactly the
// certificate that the link names.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/executor.h"
#include "base/sha256.h"
#include "exchange/peers.h"
#include "model/agency_code.h"

namespace tram::transport {

struct PeerLink {
  std::string address;  ///< "host:port"
  Digest certificate;   ///< of the peer's TLS certificate (DER): nobody else is spoken to
  std::string name{};   ///< for people; GrpcPeers sets it to the link's
};

struct PeerOptions {
  std::string certificate;  ///< PEM: this node's, then its CAs'
  std::string key;          ///< PEM
  std::string roots;        ///< PEM: anchors of the peers' certificates
  AgencyCode node;          ///< this node's code
  std::uint64_t inline_limit = 1 << 20;
  std::uint32_t max_batch_bytes = 1 << 20;
  /// For a peer that reads nothing, or does not answer what it has read: then its stream is closed.
  Duration answer_patience = std::chrono::seconds(60);
  std::map<std::string, PeerLink> links;  ///< by the link's name
};

/// Threads: any. Between the destruction of a PeerStream and the end of shutdown(), an event that had begun
/// may still be under way; none begins.
class GrpcPeers final : public exchange::Peers {
 public:
  /// All of them outlive it; `workers` run until shutdown() has returned.
  GrpcPeers(PeerOptions options, exchange::ContentStore& contents, Executor& workers, Timers& timers,
            const Clock& clock);
  ~GrpcPeers() override;  ///< as shutdown()

  [[nodiscard]] std::unique_ptr<exchange::PeerStream> open(
      const std::string& link, exchange::Lane lane,
      std::shared_ptr<exchange::PeerStreamEvents> events) override;
  void upload(const std::string& link, const Attachment& attachment,
              const exchange::ContentLocation& location, std::function<void(Result<void>)> done) override;
  void list_held(const std::string& link, Timestamp since, std::int64_t after,
                 std::function<void(Result<exchange::HeldPage>)> done) override;

  /// Cancels what is open and returns when no event or completion can come any more. Call it after
  /// Node::stop() and before the node is destroyed; not from a worker or an event.
  void shutdown();

 private:
  class Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tram::transport
