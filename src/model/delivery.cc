#include "model/delivery.h"

namespace tram {

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

bool may_advance(RecipientState current, RecipientState next) {
  const bool final_state = current == RecipientState::handed_over || current == RecipientState::dead;
  return !final_state && next > current;
}

}  // namespace tram
