// The states a message goes through for one recipient, and the one table of lawful transitions.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/identifier.h"

namespace tram {

/// The stable name of one hand-over to one recipient's inbox; the client stores it with the document.
using DeliveryId = Identifier<struct DeliveryIdTag>;

/// What the accepting node knows of one recipient.
///
///     accepted ──▶ relayed ──▶ consigned ──▶ handed_over
///         └───────────┴────────────┴──────▶ dead
///
/// Evidence may arrive out of order (a hand-over receipt before the consignment's): states only move forward,
/// and `handed_over` and `dead` are final.
enum class RecipientState : std::uint8_t {
  accepted = 1,     ///< durable here, not yet taken over by the next node
  relayed = 2,      ///< the next node took it over and promised the rest
  consigned = 3,    ///< it lies in the recipient's inbox
  handed_over = 4,  ///< the recipient's document system acknowledged it
  dead = 5,         ///< refused or given up, with a reason
};

/// One copy to one link, or one entry of one inbox.
enum class QueueState : std::uint8_t {
  waiting = 1,  ///< to be sent or handed over; a claim on it is volatile
  held = 2,     ///< cannot be verified yet; visible, with a deadline
  done = 3,     ///< acknowledged by the other side
  dead = 4,     ///< refused for good, with a reason
  blocked = 5,  ///< the message it names goes first, on the same way
};

[[nodiscard]] std::string_view name(RecipientState state);
[[nodiscard]] std::string_view name(QueueState state);

/// True if evidence of `next` moves a recipient on from `current`.
[[nodiscard]] bool may_advance(RecipientState current, RecipientState next);

}  // namespace tram
