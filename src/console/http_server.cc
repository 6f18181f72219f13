#include "console/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <vector>

#include "console/http_session.h"

namespace tram::console {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// How long to wait after a failed accept, e.g. for want of file descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};

Error bind_error(const tcp::endpoint& where, const error_code& error) {
  return failure(ErrorCode::unavailable, "HTTP_BIND",
                 "cannot listen on " + where.address().to_string() + ":" + std::to_string(where.port()) +
                     ": " + error.message(),
                 "choose another port, or stop what uses it");
}

Result<tcp::endpoint> endpoint_of(const HttpOptions& options) {
  error_code error;
  const std::string literal = options.address == "localhost" ? "127.0.0.1" : options.address;
  const asio::ip::address address = asio::ip::make_address(literal, error);
  if (error)
    return invalid("listen.http", "HTTP_ADDRESS", "\"" + options.address + "\" is not an IP address",
                   "write 127.0.0.1");
  if (!address.is_loopback() && !options.beyond_loopback)
    return invalid("listen.http", "HTTP_ADDRESS", options.address + " can be reached by others",
                   "listen on 127.0.0.1, or set http_beyond_loopback = true behind a firewall");
  return tcp::endpoint(address, options.port);
}

}  // namespace

/// The accepting socket, on a strand of its own; kept alive by its pending operation.
class HttpServer::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& io, std::shared_ptr<HttpShared> shared)
      : io_(io),
        shared_(std::move(shared)),
        acceptor_(asio::make_strand(io)),
        pause_(acceptor_.get_executor()) {}

  error_code open(const tcp::endpoint& where) {
    error_code error;
    acceptor_.open(where.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(where, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return error;
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  void start() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->accept(); });
  }

  void stop() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      self->stopped_ = true;
      error_code ignored;
      self->acceptor_.close(ignored);
      self->pause_.cancel();
      for (const auto& session : self->sessions_)
        if (const auto live = session.lock()) live->close();
    });
  }

 private:
  void accept() {
    if (stopped_) return;
    acceptor_.async_accept(asio::make_strand(io_),
                           [self = shared_from_this()](const error_code& error, tcp::socket socket) {
                             self->accepted(error, std::move(socket));
                           });
  }

  void accepted(const error_code& error, tcp::socket socket) {
    if (stopped_) return;
    if (error) {
      pause_.expires_after(kAcceptPause);
      return pause_.async_wait([self = shared_from_this()](const error_code&) { self->accept(); });
    }
    if (shared_->open < shared_->options.connections) serve(std::move(socket));
    accept();
  }

  void serve(tcp::socket socket) {
    std::erase_if(sessions_, [](const auto& session) { return session.expired(); });
    const auto session = std::make_shared<HttpSession>(std::move(socket), shared_);
    sessions_.push_back(session);
    session->start();
  }

  asio::io_context& io_;
  std::shared_ptr<HttpShared> shared_;
  tcp::acceptor acceptor_;  ///< this and what follows: on its strand alone
  asio::steady_timer pause_;
  std::vector<std::weak_ptr<HttpSession>> sessions_;
  bool stopped_ = false;
  std::uint16_t port_ = 0;
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(asio::io_context& io, const Clock& clock,
                                                      HttpOptions options, Routes routes) {
  const Result<tcp::endpoint> where = endpoint_of(options);
  if (!where) return where.error();
  auto shared = std::make_shared<HttpShared>(std::move(options), std::move(routes), clock,
                                             where->address().is_loopback());
  auto listener = std::make_shared<Listener>(io, std::move(shared));
  if (const error_code error = listener->open(*where)) return bind_error(*where, error);
  listener->start();
  const std::uint16_t port = listener->port();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener), port));
}

HttpServer::HttpServer(std::shared_ptr<Listener> listener, std::uint16_t port)
    : listener_(std::move(listener)), port_(port) {}

HttpServer::~HttpServer() { listener_->stop(); }

}  // namespace tram::console
