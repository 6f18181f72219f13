// /healthz, /readyz and /metrics.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "console/http_server.h"

namespace tram::console {

class Metrics;

/// What is missing for this node to do its work, one line each: "store: recovering". Empty: ready. Any
/// thread; must not block.
using Readiness = std::function<std::vector<std::string>()>;

/// `/healthz` answers 200 as long as the process answers at all; a supervisor restarts it otherwise.
/// `/readyz` answers 200, or 503 with what is missing. `/metrics` is Prometheus' text format 0.0.4. `metrics`
/// must outlive the server.
[[nodiscard]] Routes health_routes(Readiness readiness, const Metrics& metrics);

}  // namespace tram::console
