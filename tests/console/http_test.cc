#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>
#include <thread>

#include "console/health.h"
#include "console/http_server.h"
#include "console/metrics.h"

namespace tram::console {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A client that speaks bytes. Waits are those of the socket; the server's deadlines end them.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(io_) {
    socket_.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
  }
  void send(const std::string& bytes) {
    boost::system::error_code ignored;  // the server may have closed already
    asio::write(socket_, asio::buffer(bytes), ignored);
  }
  /// All until the server closes; "RESET" stands at the end if it was not an orderly close.
  std::string rest() {
    std::string out;
    boost::system::error_code error;
    asio::read(socket_, asio::dynamic_buffer(out), error);
    return error == asio::error::eof ? out : out + "RESET";
  }
  /// One response with its body of `size` bytes.
  std::string response(std::size_t size) {
    const std::size_t header = asio::read_until(socket_, asio::dynamic_buffer(read_), "\r\n\r\n");
    if (read_.size() < header + size)
      asio::read(socket_, asio::dynamic_buffer(read_), asio::transfer_exactly(header + size - read_.size()));
    const std::string out = read_.substr(0, header + size);
    read_.erase(0, header + size);
    return out;
  }

 private:
  asio::io_context io_;
  tcp::socket socket_;
  std::string read_;
};

class HttpTest : public ::testing::Test {
 protected:
  HttpTest() {
    routes_["/a"] = [](const std::string&) { return Response{.body = "first"}; };
    routes_["/b"] = [](const std::string&) { return Response{.body = "second"}; };
    routes_["/log/"] = [](const std::string& path) { return Response{.body = path}; };
    routes_["/throws"] = [](const std::string&) -> Response { throw std::runtime_error("a secret"); };
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  ~HttpTest() override {
    server_.reset();
    work_.reset();
    for (std::thread& thread : threads_) thread.join();  // hangs if a connection is left behind
  }
  std::uint16_t start() {
    auto started = HttpServer::start(io_, clock_, options_, routes_);
    if (!started) throw std::runtime_error(started.error().text());
    server_ = std::move(*started);
    return server_->port();
  }
  std::string ask(const std::string& bytes) {
    Client client(server_ ? server_->port() : start());
    client.send(bytes);
    return client.rest();
  }
  static std::string get(const std::string& target, const std::string& more = "Connection: close\r\n") {
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:1\r\n" + more + "\r\n";
  }

  SystemClock clock_;
  HttpOptions options_;
  Routes routes_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  std::vector<std::thread> threads_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpTest, AnswersAndDescribesItself) {
  const std::string answer = ask(get("/a?x=1"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nfirst"));
  for (const char* field : {"Content-Length: 5\r\n", "Connection: close\r\n", "Cache-Control: no-store\r\n",
                            "X-Content-Type-Options: nosniff\r\n", "X-Frame-Options: DENY\r\n",
                            "Content-Security-Policy: default-src 'none'", " GMT\r\n"})
    EXPECT_THAT(answer, HasSubstr(field));
}

TEST_F(HttpTest, HeadHasTheLengthAndNoBody) {
  const std::string answer = ask("HEAD /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, AllOf(HasSubstr("Content-Length: 5\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(HttpTest, KeepsTheConnectionAndAnswersInOrder) {
  Client client(start());
  client.send(get("/a", ""));
  EXPECT_THAT(client.response(5), EndsWith("first"));
  client.send(get("/b", "") + get("/a", "") + get("/b"));  // pipelined
  EXPECT_THAT(client.response(6), EndsWith("second"));
  EXPECT_THAT(client.response(5), EndsWith("first"));
  EXPECT_THAT(client.rest(), EndsWith("second"));
}

TEST_F(HttpTest, AByteAtATimeIsAsGood) {
  Client client(start());
  for (const char c : get("/a")) client.send(std::string(1, c));
  EXPECT_THAT(client.rest(), EndsWith("first"));
}

TEST_F(HttpTest, RoutesByPathAndByLongestFolder) {
  EXPECT_THAT(ask(get("/log/tile/0/x001")), EndsWith("\r\n\r\n/log/tile/0/x001"));
  EXPECT_THAT(ask(get("/log")), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(ask(get("/aa")), StartsWith("HTTP/1.1 404 "));
}

TEST_F(HttpTest, OtherMethodsAreRefused) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "BREW"}) {
    const std::string answer =
        ask(std::string(method) + " /a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n"),
                              HasSubstr("Connection: close\r\n")))
        << method;
  }
}

TEST_F(HttpTest, ABodyIsRefusedUnread) {
  EXPECT_THAT(ask(get("/a", "Content-Length: 4\r\n") + "GET "), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask(get("/a", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpTest, AnOversizedHeaderIsRefusedAndTheAnswerArrives) {
  const std::string large(options_.header_bytes * 16, 'x');
  EXPECT_THAT(ask(get("/a", "X: " + large + "\r\n")),
              AllOf(StartsWith("HTTP/1.1 431 "), Not(EndsWith("RESET"))));
  EXPECT_THAT(ask("GET /" + large + " HTTP/1.1\r\n"), StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpTest, WhatIsNotHttpIsRefused) {
  for (const char* bytes : {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "GET /a HTTP/9.9\r\n\r\n",
                            "GET  HTTP/1.1\r\n\r\n", "GET /a HTTP/1.1\r\nHost : x\r\n\r\n",
                            "GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n"})
    EXPECT_THAT(ask(bytes), StartsWith("HTTP/1.1 400 ")) << bytes;
  EXPECT_THAT(ask("GET /a HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));  // no Host
  EXPECT_THAT(ask(get("http://127.0.0.1/a")), StartsWith("HTTP/1.1 400 "));  // absolute form
  EXPECT_THAT(ask("GET /a HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 "));  // needs no Host
}

TEST_F(HttpTest, OnLoopbackOnlyLocalNamesAreAnswered) {
  const auto with_host = [](const std::string& host) {
    return "GET /a HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
  };
  for (const char* host : {"127.0.0.1", "127.0.0.1:7480", "localhost:7480", "LocalHost", "[::1]:7480"})
    EXPECT_THAT(ask(with_host(host)), StartsWith("HTTP/1.1 200 ")) << host;
  for (const char* host : {"attacker.example", "127.0.0.1.example:80", "localhost.example", "[::1", ""})
    EXPECT_THAT(ask(with_host(host)), StartsWith("HTTP/1.1 421 ")) << host;
}

TEST_F(HttpTest, AHandlerThatThrowsIsA500WithoutDetails) {
  routes_["/status"] = [](const std::string&) { return Response{.status = 70000}; };
  EXPECT_THAT(ask(get("/status")), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(ask(get("/throws")), AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("secret"))));
  EXPECT_THAT(ask(get("/a")), EndsWith("first"));
}

TEST_F(HttpTest, ASlowClientIsClosed) {
  options_.request_wait = std::chrono::milliseconds(20);
  EXPECT_EQ(ask("GET /a HTTP/1.1\r\nHost: 127"), "");
  EXPECT_EQ(ask(""), "");
}

TEST_F(HttpTest, AnIdleClientIsClosed) {
  options_.request_wait = std::chrono::milliseconds(300);
  EXPECT_THAT(ask(get("/a", "")), EndsWith("first"));
}

TEST_F(HttpTest, AClientThatDoesNotReadIsClosed) {
  options_.write_wait = std::chrono::milliseconds(20);
  options_.connections = 1;
  std::atomic<bool> asked{false};
  routes_["/large"] = [&](const std::string&) {
    asked = true;
    asked.notify_all();
    return Response{.body = std::string(64 << 20, 'x')};  // more than socket buffers hold
  };
  Client client(start());
  client.send(get("/large"));
  asked.wait(false);
  while (ask(get("/a")).find("first") == std::string::npos) {
  }  // another is admitted only when the server has given the first one up
  EXPECT_LT(client.rest().size(), std::size_t{64} << 20);
}

TEST_F(HttpTest, ConnectionsAreBounded) {
  options_.connections = 2;
  Client first(start()), second(server_->port());
  for (Client* client : {&first, &second}) {
    client->send(get("/a", ""));
    EXPECT_THAT(client->response(5), EndsWith("first"));
  }
  EXPECT_THAT(ask(get("/a")), Not(HasSubstr("first")));
  first.send(get("/b"));
  EXPECT_THAT(first.rest(), EndsWith("second"));
}

TEST_F(HttpTest, StoppingClosesIdleConnections) {
  Client client(start());
  client.send(get("/a", ""));
  EXPECT_THAT(client.response(5), EndsWith("first"));
  server_.reset();
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpTest, AddressesAreChecked) {
  const auto reason = [&](const std::string& address, std::uint16_t port = 0) {
    const auto started = HttpServer::start(io_, clock_, {.address = address, .port = port}, routes_);
    return started ? std::string("started") : started.error().reason;
  };
  EXPECT_EQ(reason("0.0.0.0"), "HTTP_ADDRESS");
  EXPECT_EQ(reason("::"), "HTTP_ADDRESS");
  EXPECT_EQ(reason("10.1.2.3"), "HTTP_ADDRESS");
  EXPECT_EQ(reason("console.example"), "HTTP_ADDRESS");
  EXPECT_EQ(reason("localhost"), "started");
  EXPECT_EQ(reason("127.0.0.1", start()), "HTTP_BIND");
}

TEST_F(HttpTest, HealthReadinessAndMetrics) {
  Metrics metrics("0.1.0", "H52");
  std::atomic<bool> ready{false};
  routes_ = health_routes(
      [&] {
        return ready ? std::vector<std::string>{}
                     : std::vector<std::string>{"store: recovering", "gRPC: not listening"};
      },
      metrics);
  EXPECT_THAT(ask(get("/healthz")), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\r\n\r\nalive\n")));
  EXPECT_THAT(ask(get("/readyz")), AllOf(StartsWith("HTTP/1.1 503 "),
                                         EndsWith("not ready\nstore: recovering\ngRPC: not listening\n")));
  ready = true;
  EXPECT_THAT(ask(get("/readyz")), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\r\n\r\nready\n")));
  EXPECT_THAT(ask(get("/metrics")),
              AllOf(HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
                    HasSubstr("tram_build_info{node=\"H52\",version=\"0.1.0\"} 1")));
  server_.reset();
}

}  // namespace
}  // namespace tram::console
