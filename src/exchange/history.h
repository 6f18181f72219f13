// The life of a message in order, as several nodes recorded it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exchange/node.h"
#include "model/evidence_record.h"

namespace tram::exchange {

/// One step of it. A step that stands in a log has that log's origin and its index.
struct HistoryStep {
  TrackEvent event;
  std::optional<EvidenceEvent> kind;
  std::string origin;  ///< of the log; the same for all that is in order already
  std::uint64_t index = 0;
};

/// What one log holds stays in its order; over the logs no step comes before what caused it: the acceptance
/// comes first, a consignment after a node on the way took the message over, a hand-over after its
/// consignment. Only what neither decides goes by time: wall clocks jump, and those of two nodes differ.
[[nodiscard]] std::vector<TrackEvent> in_order(std::vector<HistoryStep> steps);

}  // namespace tram::exchange
