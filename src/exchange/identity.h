// Who is calling.
#pragma once

#include <string>

#include "base/sha256.h"
#include "model/registry.h"

namespace tram::exchange {

/// A caller, known by its TLS certificate alone.
struct Identity {
  Digest certificate;
  AgencyCode agency;  ///< the agency it acts for; for a peer, the peer node's code
  std::string system;
  std::string inbox;
  Roles roles;
  std::string link;  ///< for peers: the link's name

  /// Whose uploads these are: systems of one agency share theirs, peers have their own.
  [[nodiscard]] std::string upload_owner() const {
    return link.empty() ? "agency:" + agency.text() : "link:" + link;
  }
};

}  // namespace tram::exchange
