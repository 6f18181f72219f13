// One connection of HttpServer.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>
#include <string>

#include "console/http_server.h"

namespace tram::console {

/// What the connections of one server share. Immutable but for the counter.
struct HttpShared {
  HttpOptions options;
  Routes routes;
  const Clock& clock;
  bool loopback = true;
  std::atomic<std::size_t> open{0};
};

/// Answers one request after the other, in order (pipelining waits in the buffer), until the client leaves, a
/// wait is over or the request is not one we read on after. Lives as long as an operation is pending.
/// Threads: each touches it on its stream's strand alone.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  /// The socket's executor must be a strand.
  HttpSession(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpShared> shared);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void start();  ///< any thread
  void close();  ///< any thread

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
  using Message = boost::beast::http::response<boost::beast::http::string_body>;

  void read();
  void on_read(const boost::beast::error_code& error);
  void refuse(const boost::beast::error_code& error);
  [[nodiscard]] Response answer() const;
  [[nodiscard]] Response run(const std::string& path) const;
  void write(Response response, bool keep_open);
  void on_write(const boost::beast::error_code& error);
  void linger();

  std::shared_ptr<HttpShared> shared_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;  ///< one a request
  std::optional<Message> message_;
  std::array<char, 4096> discarded_;
  std::size_t lingered_ = 0;  ///< bytes read after the last response
};

}  // namespace tram::console
