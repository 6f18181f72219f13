// An inbox as a person and as a program reads it: what waits at the node, and what a folder has received.
// Pure.
#pragma once

#include <tram/v1/exchange.pb.h>

#include <boost/json/object.hpp>
#include <set>
#include <string>
#include <vector>

#include "tramctl/journal.h"

namespace tram::client {

/// What waits at the node for one agency and inbox.
struct Waiting {
  std::string agency, inbox;
  std::vector<v1::WaitingDelivery> deliveries;
  bool more = false;  ///< others wait behind these
};

/// Several lines without a last LF. `received_here`: delivery ids that the folder holds already.
[[nodiscard]] std::string waiting_text(const Waiting& waiting, const std::set<std::string>& received_here);
/// {"place": "node", …}, named as in the protocol.
[[nodiscard]] boost::json::object waiting_json(const v1::WaitingDelivery& one, bool received_here);

/// Several lines without a last LF.
[[nodiscard]] std::string received_text(const std::string& dir, const JournalState& journal);
/// {"place": "folder", …}
[[nodiscard]] boost::json::object received_json(const Received& entry, bool acknowledged);

}  // namespace tram::client
