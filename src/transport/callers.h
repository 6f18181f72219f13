// Who is calling: from a connection's TLS certificate to an identity of the registry. Deny by default.
#pragma once

#include <grpcpp/security/auth_context.h>

#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/error.h"
#include "exchange/node.h"

namespace tram::transport {

struct Caller {
  exchange::Identity identity;
  Timestamp not_after;  ///< of the TLS certificate: nobody is trusted beyond it
};

/// Threads: any. Decoding is done once a certificate; the registry is asked each time.
class Callers {
 public:
  Callers(const exchange::Node& node, const Clock& clock) : node_(node), clock_(clock) {}

  /// UNAUTHENTICATED without a certificate that can be read; PERMISSION_DENIED if the registry does not know
  /// it.
  [[nodiscard]] Result<Caller> identify(const grpc::AuthContext& connection);
  /// True if the caller is still exactly who it was.
  [[nodiscard]] Result<void> confirm(const Caller& caller) const;

 private:
  struct Known {
    Digest digest;
    Timestamp not_after;
  };
  [[nodiscard]] Result<Known> decode(const std::string& pem);

  const exchange::Node& node_;
  const Clock& clock_;
  std::mutex mutex_;  // guards known_
  std::unordered_map<std::string, Known> known_;
};

/// The peer's leaf certificate in PEM, as gRPC keeps it; empty if there is none.
[[nodiscard]] std::string peer_certificate(const grpc::AuthContext& connection);

/// PERMISSION_DENIED, naming the role, unless the caller has it.
[[nodiscard]] Result<void> require_role(const exchange::Identity& who, Role role);

}  // namespace tram::transport
