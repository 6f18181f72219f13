#include "exchange/router.h"

namespace tram::exchange {

Route Router::route(const AgencyCode& agency) const {
  Route best = Nowhere{};
  std::size_t length = 0;
  for (const LinkSettings& link : settings_.links) {
    for (const AgencyCode& prefix : link.prefixes) {
      const bool matches = prefix.empty() || agency.within(prefix);
      const std::size_t score = prefix.empty() ? 1 : prefix.text().size() + 1;  // "*" beats no route alone
      if (matches && score > length) {
        best = Behind{link.name};
        length = score;
      }
    }
  }
  for (const AgencyCode& prefix : settings_.authoritative) {
    if (agency.within(prefix) && prefix.text().size() + 1 >= length) {
      best = Here{};
      length = prefix.text().size() + 1;
    }
  }
  return best;
}

std::string Router::link_towards(const AgencyCode& agency) const {
  const Route found = route(agency);
  const auto* behind = std::get_if<Behind>(&found);
  return behind == nullptr ? std::string() : behind->link;
}

}  // namespace tram::exchange
