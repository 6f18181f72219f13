// A small HTTP/1.1 server for operators' tools: health, metrics, later log tiles. GET and HEAD alone, no
// authentication: therefore on loopback unless told otherwise. Every size and wait is bounded.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"

namespace tram::console {

struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
};

/// Answers one request. `path` is the request's path as sent, without the query. Runs on the io_context's
/// threads, several at once: must not block. What it throws becomes a 500.
using Handler = std::function<Response(const std::string& path)>;

/// By path. A key that ends in '/' answers everything below it that no longer key answers.
using Routes = std::map<std::string, Handler, std::less<>>;

struct HttpOptions {
  std::string address = "127.0.0.1";  ///< an IP address, or "localhost"
  std::uint16_t port = 0;             ///< 0: the system chooses
  bool beyond_loopback = false;       ///< allow an address that others can reach
  std::uint32_t header_bytes = 8 * 1024;
  std::size_t connections = 64;                    ///< at once; further ones are closed at once
  std::chrono::milliseconds request_wait{10'000};  ///< until a whole request is there; idle connections too
  std::chrono::milliseconds write_wait{10'000};    ///< until the client has taken a response
};

/// Listens as long as it lives. Threads: any. Destroying it closes every connection; requests already being
/// answered on other threads finish first in their own time, so what the routes refer to must outlive the
/// io_context's run().
class HttpServer {
 public:
  /// INVALID_ARGUMENT (HTTP_ADDRESS) for an address it may not or cannot use; UNAVAILABLE (HTTP_BIND) if the
  /// port is taken.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(boost::asio::io_context& io,
                                                                 const Clock& clock, HttpOptions options,
                                                                 Routes routes);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  class Listener;
  explicit HttpServer(std::shared_ptr<Listener> listener, std::uint16_t port);

  std::shared_ptr<Listener> listener_;
  std::uint16_t port_;
};

}  // namespace tram::console
