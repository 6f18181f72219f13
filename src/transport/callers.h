// Who is calling: from a connection's TLS certificate to an identity of the registry. Deny by default.
#pragma once

#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "exchange/node.h"
#include "transport/refused_caller.h"

namespace tram::transport {

struct Caller {
  exchange::Identity identity;
  Timestamp not_after;  ///< of the TLS certificate: nobody is trusted beyond it
  std::string subject;  ///< of the TLS certificate
};

/// Threads: any. Decoding is done once a certificate; the registry is asked each time.
class Callers {
 public:
  /// `listener` may be empty.
  Callers(const exchange::Node& node, const Clock& clock, RefusalListener listener)
      : node_(node), clock_(clock), listener_(std::move(listener)) {}

  /// Who makes this call. UNAUTHENTICATED without a certificate that can be read; PERMISSION_DENIED if the
  /// registry does not know it, or not in `role`. The listener hears of each refusal.
  [[nodiscard]] Result<Caller> admit(const grpc::ServerContextBase& call, std::optional<Role> role = {});
  /// The same where gRPC shows the connection alone.
  [[nodiscard]] Result<Caller> admit(const grpc::AuthContext& connection);
  /// A call was refused for what its caller is, after it was admitted.
  void refused(const Caller& caller, const std::string& address, const Error& error) const;
  /// True if the caller is still exactly who it was.
  [[nodiscard]] Result<void> confirm(const Caller& caller) const;

 private:
  struct Known {
    Digest digest;
    Timestamp not_after;
    std::string subject;
  };
  [[nodiscard]] Result<Caller> identify(const grpc::AuthContext& connection, RefusedCaller& who);
  void tell(const RefusedCaller& caller, const Error& error) const;
  [[nodiscard]] Result<Known> decode(const std::string& pem);

  const exchange::Node& node_;
  const Clock& clock_;
  const RefusalListener listener_;
  std::mutex mutex_;  // guards known_
  std::unordered_map<std::string, Known> known_;
};

/// The peer's leaf certificate in PEM, as gRPC keeps it; empty if there is none.
[[nodiscard]] std::string peer_certificate(const grpc::AuthContext& connection);

/// PERMISSION_DENIED, naming the role, unless the caller has it.
[[nodiscard]] Result<void> require_role(const exchange::Identity& who, Role role);

}  // namespace tram::transport
