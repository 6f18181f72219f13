#include "model/registry.h"

#include <array>

namespace tram {
namespace {
constexpr std::array kRoles{Role::agency, Role::peer, Role::operator_, Role::auditor, Role::registrar};
}

std::string_view name(Role role) {
  switch (role) {
    case Role::agency:
      return "agency";
    case Role::peer:
      return "peer";
    case Role::operator_:
      return "operator";
    case Role::auditor:
      return "auditor";
    case Role::registrar:
      return "registrar";
  }
  return "?";
}

std::optional<Role> role_from(std::string_view text) {
  for (const Role role : kRoles) {
    if (name(role) == text) return role;
  }
  return std::nullopt;
}

std::string text(Roles roles) {
  std::string out;
  for (const Role role : kRoles) {
    if (!roles.has(role)) continue;
    if (!out.empty()) out += ',';
    out += name(role);
  }
  return out;
}

}  // namespace tram
