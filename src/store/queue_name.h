// Names of queues: of links, and of agencies' inboxes.
#pragma once

#include <string>

#include "model/agency_code.h"

namespace tram::store {

/// Links and inboxes have no control characters in their names, so no two queues share one.
[[nodiscard]] inline std::string outgoing_queue(const std::string& link) { return "link\n" + link; }
[[nodiscard]] inline std::string inbox_queue(const AgencyCode& agency, const std::string& inbox) {
  return "inbox\n" + agency.text() + "\n" + inbox;
}

}  // namespace tram::store
