// A node's word that it forwards a message, untouched, to an agency that its sender did not name.
#pragma once

#include "base/bytes.h"
#include "base/sha256.h"

namespace tram {

/// `record` is the evidence record of the operator's act (codec/evidence_json.h): which message, by its
/// header's digest, to whom (`recipients`, one), which node says so, which operator did it. It is signed with
/// the node's seal. It does not make the recipient one of the sender's.
struct Forwarding {
  Bytes record;
  Bytes signature;     ///< CAdES over `record`, wire form
  Digest certificate;  ///< of the node's seal
  bool operator==(const Forwarding&) const = default;
};

}  // namespace tram
