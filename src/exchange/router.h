// Where an agency is: here, behind a link, or nowhere.
#pragma once

#include <string>
#include <variant>

#include "exchange/settings.h"

namespace tram::exchange {

struct Here {};  ///< this node is authoritative for the agency's prefix
struct Behind {
  std::string link;
};
struct Nowhere {};
using Route = std::variant<Here, Behind, Nowhere>;

/// Longest prefix by whole groups; our own prefixes win over equal ones of links; "*" is the last resort.
/// Threads: any.
class Router {
 public:
  explicit Router(const Settings& settings) : settings_(settings) {}
  [[nodiscard]] Route route(const AgencyCode& agency) const;
  /// The link's name, or empty.
  [[nodiscard]] std::string link_towards(const AgencyCode& agency) const;

 private:
  const Settings& settings_;
};

}  // namespace tram::exchange
