// The evidence record of what an operator, or the node in his place, does.
#pragma once

#include <string>

#include "exchange/context.h"
#include "model/evidence_record.h"

namespace tram::exchange {

/// OperatorAct at this node and time. `reason` is the act's name, "BACKUP_TAKEN".
[[nodiscard]] EvidenceRecord operator_act(const Context& context, std::string reason, std::string detail);

}  // namespace tram::exchange
