#include "exchange/operator_act.h"

#include <utility>

namespace tram::exchange {

EvidenceRecord operator_act(const Context& context, std::string reason, std::string detail) {
  EvidenceRecord record;
  record.event = EvidenceEvent::operator_act;
  record.time = context.now();
  record.node = context.settings.node;
  record.reason = std::move(reason);
  record.detail = std::move(detail);
  return record;
}

}  // namespace tram::exchange
