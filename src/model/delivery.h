// The states a message goes through for one recipient, and the one table of lawful transitions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/identifier.h"
#include "model/evidence_record.h"

namespace tram {

/// The stable name of one hand-over to one recipient's inbox; the client stores it with the document.
using DeliveryId = Identifier<struct DeliveryIdTag>;

/// What the accepting node knows of one recipient; the node where the recipient is knows the last three lines
/// of the way itself.
///
///     accepted ──▶ relayed ──▶ consigned ──▶ handed_over
///        │            │            │
///        ├────────────┴────────────┴──▶ dead      refused for good
///        ├────────────┴──▶ given_up               nobody took it in time
///        ▼
///      closed ◀── dead, given_up                  an operator ended it
///     accepted ◀── dead, given_up                 an operator has it tried again
///
/// Evidence may arrive out of order (a hand-over's before the consignment's): what comes late changes
/// nothing, but a proof that it reached the inbox, or was handed over, corrects a dead letter.
enum class RecipientState : std::uint8_t {
  accepted = 1,     ///< durable here, not yet taken over by the next node
  relayed = 2,      ///< the next node took it over and promised the rest
  consigned = 3,    ///< it lies in the recipient's inbox
  handed_over = 4,  ///< the recipient's document system acknowledged it; final
  dead = 5,         ///< a dead letter: refused for good, with a reason
  given_up = 6,     ///< a dead letter: not confirmed in time
  closed = 7,       ///< an operator ended it: cancelled, or a dead letter that needs nothing more
};

/// What moves a recipient's state on.
enum class DeliveryEvent : std::uint8_t {
  relayed = 1,
  consigned = 2,
  handed_over = 3,
  refused = 4,  ///< by the node or the document system that should have taken it
  overdue = 5,  ///< not taken in time
  retried = 6,  ///< an operator has a dead letter tried again
  closed = 7,   ///< an operator ends it
};

/// One lawful transition, and the evidence record (ETSI EN 319 522-1) that stands in the log for it, with its
/// time.
struct Transition {
  RecipientState from;
  DeliveryEvent event;
  RecipientState to;
  EvidenceEvent evidence;
};

/// All of them.
[[nodiscard]] std::span<const Transition> transitions();
/// The state after an event; nothing if the event changes nothing in this state.
[[nodiscard]] std::optional<RecipientState> next_state(RecipientState current, DeliveryEvent event);
/// What a node's evidence record means for the recipients it names; nothing for records of other things.
[[nodiscard]] std::optional<DeliveryEvent> delivery_event(EvidenceEvent event);
/// True for `dead` and `given_up`: an operator should look at it.
[[nodiscard]] bool is_dead_letter(RecipientState state);

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

}  // namespace tram
