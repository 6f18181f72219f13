// The gRPC server of a node: who may call is known by TLS certificates alone, and nobody else may.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/executor.h"
#include "exchange/backup.h"
#include "exchange/node.h"
#include "transport/refused_caller.h"

namespace tram::transport {

struct ServerOptions {
  std::string address;               ///< "0.0.0.0:7443"; port 0 takes a free one
  std::string certificate;           ///< PEM: the server's, then its CAs'
  std::string key;                   ///< PEM
  std::string roots;                 ///< PEM: the anchors of client certificates
  std::vector<Bytes> intermediates;  ///< DER: CAs for documents, given along with exported evidence
  std::string node_name;             ///< for people
  std::string version;               ///< of the program
  std::string log_vkey;              ///< C2SP verifier key of the node's log
  std::map<std::string, std::string> link_addresses;  ///< by link, to be shown to operators
  int streams_per_connection = 64;
  int streams_per_certificate = 64;  ///< open at once, over all connections
  /// What calls may hold at once, in bytes: half of it in gRPC's buffers, half in documents on their way in
  /// or out. Beyond that who holds something already has to wait, and new documents are refused with
  /// RESOURCE_EXHAUSTED.
  std::uint64_t memory_bytes = 256ULL << 20;
  exchange::BackupSource* backups = nullptr;          ///< outlives the server; without it there are none
  RefusalListener on_refused_caller;                  ///< may be empty
  Duration read_patience = std::chrono::seconds(60);  ///< for a client that reads nothing of what is there
};

/// Threads: every method, any thread; drain() and shutdown() in that order.
class Server {
 public:
  /// Listens and serves. All that is passed must outlive the server; `workers` must run until shutdown() has
  /// returned. Errors: UNAVAILABLE, ADDRESS_UNUSABLE, if it cannot listen there with this certificate and
  /// key.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const ServerOptions& options,
                                                             exchange::Node& node,
                                                             exchange::ContentStore& contents,
                                                             Executor& workers, Timers& timers, Clock& clock);
  ~Server();  ///< as shutdown() without grace

  /// The port it listens on.
  [[nodiscard]] int port() const;
  /// Says "draining" on every stream, and NOT_SERVING to who asks for health. Calls go on; streams with
  /// nothing in flight end. The node is drained by who called this.
  void drain();
  /// Waits up to `grace` for the streams to end, ends the others, and returns when no call is left. Not from
  /// a worker or a callback.
  void shutdown(std::chrono::milliseconds grace);

 private:
  class Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tram::transport
