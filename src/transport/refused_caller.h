// Who got through TLS, and not through the door.
#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "base/sha256.h"

namespace tram::transport {

/// As far as it is known: of a connection without a certificate only its address.
struct RefusedCaller {
  std::string subject;  ///< of the TLS certificate, RFC 2253; whoever has a CA's trust chose it
  Digest certificate;   ///< SHA-256 of its DER
  std::string address;  ///< as gRPC writes it, "ipv4:192.0.2.7:41822"; empty for gRPC's own services
};

/// Hears of each refused call: any thread, must not block or throw, and callers may make it very many.
using RefusalListener = std::function<void(const RefusedCaller& caller, const Error& error)>;

}  // namespace tram::transport
