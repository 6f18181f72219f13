// What a request may be and where it leads; no sockets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "console/http_server.h"

namespace tram::console {

/// The path of an origin-form target (RFC 9112 section 3.2.1) without its query; nullopt for other forms.
[[nodiscard]] std::optional<std::string> path_of(std::string_view target);

/// The route that answers: the same path, else the longest key that ends in '/' and begins it; or nullptr.
[[nodiscard]] const Handler* find_route(const Routes& routes, std::string_view path);

/// True if a Host field names an IP address or "localhost". Another name that leads to loopback is a web page
/// using its reader's browser to read what only this machine should (DNS rebinding).
[[nodiscard]] bool is_local_host_field(std::string_view host);

/// RFC 9110 section 5.6.7: "Tue, 24 Nov 2026 18:20:11 GMT".
[[nodiscard]] std::string http_date(Timestamp time);

}  // namespace tram::console
