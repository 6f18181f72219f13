// A delivery that its sender did not address here: the sender's node says who sent it on.
#pragma once

#include <tram/v1/exchange.pb.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "trust/verifier.h"

namespace tram::client {

/// Of a forwarded delivery.
struct Forwarded {
  std::string text;  ///< for a person: by which node and operator, why, and what its seal is worth
  Bytes record;      ///< as signed
  Bytes signature;   ///< with its certificate, so that openssl cms checks it
  bool good = true;  ///< false if a verifier was at hand and did not find the seal good
};

/// REQUIRES: the delivery is forwarded. `verifier` may be null. DATA_LOSS if the record is not about this
/// delivery, or cannot be read.
[[nodiscard]] Result<Forwarded> read_forwarded(const v1::Delivery& delivery, const MessageKey& key,
                                               const trust::Verifier* verifier, Timestamp now);

}  // namespace tram::client
