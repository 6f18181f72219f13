#include "tramd/webhook.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <deque>
#include <optional>

namespace tram::daemon {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::string_view kScheme = "http://";
constexpr std::uint32_t kAnswerHeaderBytes = 8 * 1024;

Error malformed(std::string message) {
  return invalid("", "WEBHOOK_MALFORMED", std::move(message),
                 "write it as \"http://127.0.0.1:8080/alarms\"; have a forwarder on this machine speak TLS");
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

asio::ip::address ip_of(const std::string& address, beast::error_code& error) {
  return asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
}

bool may_pass(unsigned status) { return status == 408 || status == 429 || status >= 500; }

}  // namespace

Result<WebhookUrl> parse_webhook_url(std::string_view text) {
  if (!text.starts_with(kScheme)) return malformed("it does not begin with http://");
  text.remove_prefix(kScheme.size());
  WebhookUrl out;
  const std::size_t slash = std::min(text.find('/'), text.size());
  if (slash < text.size()) out.target = text.substr(slash);
  std::string_view place = text.substr(0, slash);
  const std::size_t bracket = place.rfind(']');
  const std::size_t colon = place.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view port = place.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc() || end != port.data() + port.size() || out.port == 0)
      return malformed("\"" + std::string(port) + "\" is not a port from 1 to 65535");
    place = place.substr(0, colon);
  }
  if (place.starts_with('[') && place.ends_with(']')) place = place.substr(1, place.size() - 2);
  out.address = place;
  beast::error_code wrong;
  static_cast<void>(ip_of(out.address, wrong));
  if (wrong) return malformed("\"" + out.address + "\" is not an IP address");
  if (out.target.size() > 1024 || !is_printable(out.target))
    return malformed("the path has more than 1,024 bytes, or others than printable ASCII");
  return out;
}

// On its strand alone, but for post() and close(). Lives as long as an operation is pending.
class Webhook::Sender : public std::enable_shared_from_this<Sender> {
 public:
  Sender(asio::io_context& io, WebhookUrl url, WebhookOptions options, Report report)
      : strand_(asio::make_strand(io)),
        url_(std::move(url)),
        options_(options),
        report_(std::move(report)),
        pause_(strand_),
        next_pause_(options_.retry_first) {}

  void post(std::string json) {
    asio::post(strand_,
               [self = shared_from_this(), json = std::move(json)]() mutable { self->add(std::move(json)); });
  }

  void close() {
    asio::post(strand_, [self = shared_from_this()] {
      self->closed_ = true;
      self->waiting_.clear();
      self->pause_.cancel();
      if (self->stream_) self->stream_->cancel();
    });
  }

 private:
  void add(std::string json) {
    if (closed_) return;
    if (waiting_.size() >= options_.queue) {
      const bool first_is_sent_now = busy_;
      waiting_.erase(waiting_.begin() + (first_is_sent_now && waiting_.size() > 1 ? 1 : 0));
      if (dropped_++ == 0) report_("webhook overflow", "alarms are dropped until it answers again");
    }
    waiting_.push_back(std::move(json));
    if (!busy_) try_first();
  }

  void try_first() {
    busy_ = true;
    beast::error_code error;
    const asio::ip::tcp::endpoint endpoint(ip_of(url_.address, error), url_.port);
    stream_.emplace(strand_);
    stream_->expires_after(options_.attempt);
    stream_->async_connect(endpoint, [self = shared_from_this()](const beast::error_code& failed) {
      if (failed) return self->fail("connecting: " + failed.message());
      self->write();
    });
  }

  void write() {
    request_ = {};
    request_.version(11);
    request_.method(http::verb::post);
    request_.target(url_.target);
    const bool ipv6 = url_.address.find(':') != std::string::npos;
    request_.set(http::field::host,
                 (ipv6 ? "[" + url_.address + "]" : url_.address) + ":" + std::to_string(url_.port));
    request_.set(http::field::content_type, "application/json");
    request_.keep_alive(false);
    request_.body() = waiting_.empty() ? std::string() : waiting_.front();
    request_.prepare_payload();
    http::async_write(*stream_, request_,
                      [self = shared_from_this()](const beast::error_code& failed, std::size_t) {
                        if (failed) return self->fail("sending: " + failed.message());
                        self->read();
                      });
  }

  // The header alone: what the answer says beyond its status is not read.
  void read() {
    buffer_.clear();
    parser_.emplace();
    parser_->header_limit(kAnswerHeaderBytes);
    http::async_read_header(*stream_, buffer_, *parser_,
                            [self = shared_from_this()](const beast::error_code& failed, std::size_t) {
                              if (failed) return self->fail("reading the answer: " + failed.message());
                              self->answered(self->parser_->get().result_int());
                            });
  }

  void answered(unsigned status) {
    if (may_pass(status)) return fail("answered " + std::to_string(status));
    stream_.reset();
    if (status < 200 || status >= 300)
      report_("webhook refused", "answered " + std::to_string(status) + "; this alarm is not sent again");
    if (dropped_ > 0) report_("webhook back", std::to_string(dropped_) + " alarms were dropped meanwhile");
    dropped_ = 0;
    next_pause_ = options_.retry_first;
    if (!waiting_.empty()) waiting_.pop_front();
    busy_ = false;
    if (!waiting_.empty()) try_first();
  }

  void fail(const std::string& why) {
    stream_.reset();
    if (closed_) return;
    report_("webhook failed", why + "; it is tried again");
    pause_.expires_after(next_pause_);
    next_pause_ = std::min(next_pause_ * 2, options_.retry_cap);
    pause_.async_wait([self = shared_from_this()](const beast::error_code& cancelled) {
      if (!cancelled && !self->closed_) self->try_first();
    });
  }

  const asio::strand<asio::io_context::executor_type> strand_;
  const WebhookUrl url_;
  const WebhookOptions options_;
  const Report report_;
  asio::steady_timer pause_;
  std::chrono::milliseconds next_pause_;
  std::deque<std::string> waiting_;  // the first is being sent if busy_
  bool busy_ = false;                // until the first is answered
  bool closed_ = false;
  std::uint64_t dropped_ = 0;
  std::optional<beast::tcp_stream> stream_;
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::empty_body>> parser_;
};

Webhook::Webhook(asio::io_context& io, WebhookUrl url, WebhookOptions options, Report report)
    : sender_(std::make_shared<Sender>(io, std::move(url), options, std::move(report))) {}

Webhook::~Webhook() { sender_->close(); }

void Webhook::post(std::string json) { sender_->post(std::move(json)); }

}  // namespace tram::daemon
