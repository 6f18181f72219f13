// Whether a hop's forwarding stands: a node may bring a message to whom its sender did not name, if it says
// so.
#pragma once

#include <string_view>

#include "evidence/receipt_agreement.h"
#include "exchange/context.h"

namespace tram::exchange {

/// Inside a forwarding's record: the act's name.
inline constexpr std::string_view kForwarded = evidence::kForwardedReason;

/// FAILED_PRECONDITION, with all causes, unless the record names this message and `recipient`, its node is
/// the sender's, and the node's seal over it is good. The certificate must be known, or be `brought`.
[[nodiscard]] Result<void> check_forwarding(const Context& context, const Forwarding& forwarding,
                                            const MessageKey& key, const Digest& header,
                                            const AgencyCode& recipient, const Bytes& brought);

}  // namespace tram::exchange
