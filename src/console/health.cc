#include "console/health.h"

#include "console/metrics.h"

namespace tram::console {
namespace {

Response ready(const std::vector<std::string>& missing) {
  Response response;
  response.body = missing.empty() ? "ready\n" : "not ready\n";
  if (!missing.empty()) response.status = 503;
  for (const std::string& line : missing) response.body += line + "\n";
  return response;
}

}  // namespace

Routes health_routes(Readiness readiness, const Metrics& metrics) {
  Routes routes;
  routes["/healthz"] = [](const std::string&) { return Response{.body = "alive\n"}; };
  routes["/readyz"] = [readiness = std::move(readiness)](const std::string&) { return ready(readiness()); };
  routes["/metrics"] = [&metrics](const std::string&) {
    return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics.text()};
  };
  return routes;
}

}  // namespace tram::console
