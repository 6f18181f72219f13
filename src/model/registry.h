// Who may connect, and as what.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sha256.h"
#include "model/agency_code.h"

namespace tram {

enum class Role : std::uint8_t { agency = 1, peer = 2, operator_ = 4, auditor = 8, registrar = 16 };

/// A set of roles, one bit each.
class Roles {
 public:
  Roles() = default;
  explicit Roles(std::uint32_t bits) : bits_(bits) {}
  Roles& add(Role role) {
    bits_ |= static_cast<std::uint32_t>(role);
    return *this;
  }
  [[nodiscard]] bool has(Role role) const { return (bits_ & static_cast<std::uint32_t>(role)) != 0; }
  [[nodiscard]] std::uint32_t bits() const { return bits_; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  bool operator==(const Roles&) const = default;

 private:
  std::uint32_t bits_ = 0;
};

[[nodiscard]] std::string_view name(Role role);  ///< "agency", "peer", "operator", "auditor", "registrar"
[[nodiscard]] std::optional<Role> role_from(std::string_view name);
[[nodiscard]] std::string text(Roles roles);  ///< "agency,operator"

/// One TLS certificate and what its holder may do. For agencies, `signers` maps certificates that speak for
/// the agency although nothing in them says so.
struct RegistryEntry {
  Digest certificate;             ///< SHA-256 of the TLS certificate (DER)
  AgencyCode agency;              ///< the agency it acts for; the peer's node code for peers
  std::string system;             ///< the document system's name, e.g. "qlvb-01"
  std::string inbox = "default";  ///< the agency's inbox its streams compete on
  Roles roles;
  std::vector<Digest> signers;  ///< explicit mapping: signing certificates (SHA-256) that speak for `agency`
  Timestamp added_at;
  std::string added_by;  ///< the registrar's certificate, short
  std::optional<Timestamp> revoked_at;
  bool operator==(const RegistryEntry&) const = default;
};

}  // namespace tram
