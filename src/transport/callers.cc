#include "transport/callers.h"

#include "trust/certificate.h"

namespace tram::transport {
namespace {

constexpr std::size_t kMaxKnown = 1024;
constexpr char kPeerCertificate[] = "x509_pem_cert";  // GRPC_X509_PEM_CERT_PROPERTY_NAME

Error expired() {
  return failure(ErrorCode::unauthenticated, "CERTIFICATE_EXPIRED", "the TLS certificate is no longer valid",
                 "connect with a valid certificate");
}

bool same(const exchange::Identity& a, const exchange::Identity& b) {
  return a.certificate == b.certificate && a.agency == b.agency && a.system == b.system &&
         a.inbox == b.inbox && a.roles == b.roles && a.link == b.link;
}

}  // namespace

std::string peer_certificate(const grpc::AuthContext& connection) {
  const auto values = connection.FindPropertyValues(kPeerCertificate);
  return values.empty() ? std::string() : std::string(values.front().data(), values.front().size());
}

Result<Callers::Known> Callers::decode(const std::string& pem) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(pem);
    if (found != known_.end()) return found->second;
  }
  auto certificate = trust::Certificate::from_pem(pem);
  if (!certificate) return certificate.error();
  const Known known{(*certificate)->sha256(), (*certificate)->not_after(), (*certificate)->subject()};
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.emplace(pem, known);
  return known;
}

Result<Caller> Callers::admit(const grpc::ServerContextBase& call, std::optional<Role> role) {
  RefusedCaller who;
  auto caller = identify(*call.auth_context(), who);
  if (caller && role) {
    if (auto allowed = require_role(caller->identity, *role); !allowed) caller = allowed.error();
  }
  if (caller) return caller;
  who.address = call.peer();
  tell(who, caller.error());
  return caller;
}

Result<Caller> Callers::admit(const grpc::AuthContext& connection) {
  RefusedCaller who;
  auto caller = identify(connection, who);
  if (!caller) tell(who, caller.error());
  return caller;
}

void Callers::refused(const Caller& caller, const std::string& address, const Error& error) const {
  tell({caller.subject, caller.identity.certificate, address}, error);
}

void Callers::tell(const RefusedCaller& caller, const Error& error) const {
  if (listener_) listener_(caller, error);
}

// Of who is refused, as much as is known comes to be in `who`.
Result<Caller> Callers::identify(const grpc::AuthContext& connection, RefusedCaller& who) {
  const std::string pem = peer_certificate(connection);
  if (pem.empty()) {
    return failure(ErrorCode::unauthenticated, "CERTIFICATE_MISSING", "no client certificate was presented",
                   "connect with the TLS certificate that the registrar registered");
  }
  auto known = decode(pem);
  if (!known) {
    Error error = failure(ErrorCode::unauthenticated, "CERTIFICATE_MALFORMED",
                          "the client certificate cannot be read", "connect with a well-formed certificate");
    error.causes.push_back(known.error());
    return error;
  }
  who.subject = known->subject;
  who.certificate = known->digest;
  if (clock_.now() >= known->not_after) return expired();
  auto identity = node_.identify(known->digest);
  if (!identity) return identity.error();
  return Caller{std::move(*identity), known->not_after, std::move(known->subject)};
}

Result<void> Callers::confirm(const Caller& caller) const {
  if (clock_.now() >= caller.not_after) return expired();
  const auto now = node_.identify(caller.identity.certificate);
  if (!now) return now.error();
  if (same(*now, caller.identity)) return {};
  return failure(ErrorCode::aborted, "REGISTRATION_CHANGED",
                 "the registry entry of this certificate has changed", "open the stream again");
}

Result<void> require_role(const exchange::Identity& who, Role role) {
  if (who.roles.has(role)) return {};
  return failure(
      ErrorCode::permission_denied, "ROLE_MISSING",
      "the certificate sha256:" + who.certificate.hex() + " has not the role " + std::string(name(role)),
      "ask the registrar for an entry with that role");
}

}  // namespace tram::transport
