#include "model/delivery.h"

#include <array>

namespace tram {
namespace {

using State = RecipientState;
using Event = DeliveryEvent;
using Evidence = EvidenceEvent;

constexpr std::array kTransitions = {
    Transition{State::accepted, Event::relayed, State::relayed, Evidence::relay_acceptance},
    Transition{State::accepted, Event::consigned, State::consigned, Evidence::content_consignment},
    Transition{State::relayed, Event::consigned, State::consigned, Evidence::content_consignment},
    Transition{State::accepted, Event::handed_over, State::handed_over, Evidence::content_handover},
    Transition{State::relayed, Event::handed_over, State::handed_over, Evidence::content_handover},
    Transition{State::consigned, Event::handed_over, State::handed_over, Evidence::content_handover},
    Transition{State::accepted, Event::refused, State::dead, Evidence::relay_rejection},
    Transition{State::relayed, Event::refused, State::dead, Evidence::relay_rejection},
    Transition{State::consigned, Event::refused, State::dead, Evidence::content_handover_failure},
    Transition{State::accepted, Event::overdue, State::given_up, Evidence::relay_failure},
    Transition{State::relayed, Event::overdue, State::given_up, Evidence::relay_failure},
    Transition{State::given_up, Event::consigned, State::consigned, Evidence::content_consignment},
    Transition{State::given_up, Event::handed_over, State::handed_over, Evidence::content_handover},
    Transition{State::given_up, Event::refused, State::dead, Evidence::relay_rejection},
    Transition{State::dead, Event::consigned, State::consigned, Evidence::content_consignment},
    Transition{State::dead, Event::handed_over, State::handed_over, Evidence::content_handover},
    Transition{State::closed, Event::handed_over, State::handed_over, Evidence::content_handover},
    Transition{State::dead, Event::retried, State::accepted, Evidence::operator_act},
    Transition{State::given_up, Event::retried, State::accepted, Evidence::operator_act},
    Transition{State::accepted, Event::closed, State::closed, Evidence::operator_act},
    Transition{State::dead, Event::closed, State::closed, Evidence::operator_act},
    Transition{State::given_up, Event::closed, State::closed, Evidence::operator_act},
};

}  // namespace

std::span<const Transition> transitions() { return kTransitions; }

std::optional<RecipientState> next_state(RecipientState current, DeliveryEvent event) {
  for (const Transition& one : kTransitions) {
    if (one.from == current && one.event == event) return one.to;
  }
  return std::nullopt;
}

std::optional<DeliveryEvent> delivery_event(EvidenceEvent event) {
  switch (event) {
    case EvidenceEvent::relay_acceptance:
      return DeliveryEvent::relayed;
    case EvidenceEvent::content_consignment:
      return DeliveryEvent::consigned;
    case EvidenceEvent::content_handover:
      return DeliveryEvent::handed_over;
    case EvidenceEvent::relay_rejection:
    case EvidenceEvent::content_handover_failure:
      return DeliveryEvent::refused;
    case EvidenceEvent::relay_failure:
      return DeliveryEvent::overdue;
    default:
      return std::nullopt;
  }
}

bool is_dead_letter(RecipientState state) {
  return state == RecipientState::dead || state == RecipientState::given_up;
}

std::string_view name(RecipientState state) {
  switch (state) {
    case RecipientState::accepted:
      return "accepted";
    case RecipientState::relayed:
      return "relayed";
    case RecipientState::consigned:
      return "in the inbox";
    case RecipientState::handed_over:
      return "handed over";
    case RecipientState::dead:
      return "dead letter";
    case RecipientState::given_up:
      return "given up";
    case RecipientState::closed:
      return "closed";
  }
  return "?";
}

std::string_view name(QueueState state) {
  switch (state) {
    case QueueState::waiting:
      return "waiting";
    case QueueState::held:
      return "held";
    case QueueState::done:
      return "done";
    case QueueState::dead:
      return "dead letter";
    case QueueState::blocked:
      return "blocked";
  }
  return "?";
}

}  // namespace tram
