#include "console/http_session.h"

#include <boost/asio/dispatch.hpp>

#include "console/http_rules.h"

namespace tram::console {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// After a refusal the client may still be sending; closing at once would reset the connection and lose our
/// answer on its way. So what comes is read and dropped, this much and this long.
constexpr std::size_t kLingerBytes = 1 << 20;
constexpr std::chrono::seconds kLingerWait{2};

void add_security_fields(http::fields& fields) {
  fields.set(http::field::cache_control, "no-store");
  fields.set("X-Content-Type-Options", "nosniff");
  fields.set("X-Frame-Options", "DENY");
  fields.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  fields.set("Cross-Origin-Resource-Policy", "same-origin");
  fields.set("Referrer-Policy", "no-referrer");
}

Response plain(http::status status, std::string body) {
  return {static_cast<unsigned>(status), "text/plain; charset=utf-8", std::move(body) + "\n"};
}

}  // namespace

HttpSession::HttpSession(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpShared> shared)
    : shared_(std::move(shared)), stream_(std::move(socket)), buffer_(shared_->options.header_bytes + 1024) {
  ++shared_->open;
}

HttpSession::~HttpSession() { --shared_->open; }

void HttpSession::start() {
  boost::asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read(); });
}

void HttpSession::close() {
  boost::asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->stream_.close(); });
}

void HttpSession::read() {
  parser_.emplace();
  parser_->header_limit(shared_->options.header_bytes);
  stream_.expires_after(shared_->options.request_wait);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const beast::error_code& error, std::size_t) { self->on_read(error); });
}

void HttpSession::on_read(const beast::error_code& error) {
  if (error) return refuse(error);
  Response response = answer();
  // Without a body the request ends here and the next begins; we read no bodies.
  const bool keep_open = parser_->is_done() && parser_->get().keep_alive() && response.status != 400;
  write(std::move(response), keep_open);
}

/// Only a client that is still there and sent something wrong gets an answer.
void HttpSession::refuse(const beast::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return write(plain(http::status::request_header_fields_too_large, "the request's header is too large"),
                 false);
  const bool malformed = error.category() == make_error_code(http::error::bad_method).category() &&
                         error != http::error::end_of_stream && error != http::error::partial_message;
  if (malformed) return write(plain(http::status::bad_request, "this is not an HTTP/1.1 request"), false);
  stream_.close();
}

Response HttpSession::answer() const {
  const auto& request = parser_->get();
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return plain(http::status::method_not_allowed, "only GET and HEAD are answered here");
  if (!parser_->is_done()) return plain(http::status::payload_too_large, "a request here has no body");
  const auto host = request.find(http::field::host);
  if (host == request.end() && request.version() >= 11)
    return plain(http::status::bad_request, "the Host field is missing");
  if (host != request.end() && shared_->loopback && !is_local_host_field(host->value()))
    return plain(http::status::misdirected_request, "ask by IP address or as localhost");
  const auto path = path_of(request.target());
  return path ? run(*path) : plain(http::status::bad_request, "the target is not a path");
}

Response HttpSession::run(const std::string& path) const {
  const Handler* route = find_route(shared_->routes, path);
  if (!route) return plain(http::status::not_found, "there is nothing here");
  try {
    Response response = (*route)(path);
    if (response.status >= 200 && response.status <= 599) return response;
  } catch (...) {  // a defect in the handler must not take the connection's thread with it
  }
  return plain(http::status::internal_server_error, "the page could not be made");
}

void HttpSession::write(Response response, bool keep_open) {
  const bool head = parser_->is_header_done() && parser_->get().method() == http::verb::head;
  Message& message = message_.emplace(http::status(response.status), 11);
  message.set(http::field::date, http_date(shared_->clock.now()));
  message.set(http::field::content_type, response.content_type);
  if (response.status == 405) message.set(http::field::allow, "GET, HEAD");
  add_security_fields(message);
  message.keep_alive(keep_open);
  message.content_length(response.body.size());
  if (!head) message.body() = std::move(response.body);
  stream_.expires_after(shared_->options.write_wait);
  http::async_write(
      stream_, message,
      [self = shared_from_this()](const beast::error_code& error, std::size_t) { self->on_write(error); });
}

void HttpSession::on_write(const beast::error_code& error) {
  if (error) return stream_.close();
  if (message_->keep_alive()) return read();
  beast::error_code ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kLingerWait);
  linger();
}

void HttpSession::linger() {
  stream_.async_read_some(boost::asio::buffer(discarded_),
                          [self = shared_from_this()](const beast::error_code& error, std::size_t n) {
                            self->lingered_ += n;
                            if (error || self->lingered_ > kLingerBytes) return self->stream_.close();
                            self->linger();
                          });
}

}  // namespace tram::console
