// The webhook against a server that does what the test says.
#include "tramd/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace tram::daemon {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using Tcp = asio::ip::tcp;

// Takes one connection after the other.
class Listener {
 public:
  Listener() : acceptor_(io_, Tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {}

  [[nodiscard]] WebhookUrl url() const {
    return parse_webhook_url("http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) +
                             "/alarms?x=1")
        .value();
  }
  /// Reads one request and answers with the status.
  http::request<http::string_body> answer(unsigned status) {
    Tcp::socket socket = acceptor_.accept();
    http::request<http::string_body> request;
    beast::flat_buffer buffer;
    http::read(socket, buffer, request);
    http::response<http::string_body> response(static_cast<http::status>(status), 11);
    response.body() = "whatever";
    response.prepare_payload();
    http::write(socket, response);
    return request;
  }
  /// Takes a connection and says nothing until it is dropped here.
  [[nodiscard]] Tcp::socket take() { return acceptor_.accept(); }

 private:
  asio::io_context io_;
  Tcp::acceptor acceptor_;
};

class WebhookTest : public testing::Test {
 protected:
  ~WebhookTest() override {
    webhook_.reset();
    work_.reset();
    thread_.join();
  }
  Webhook& begin(std::size_t queue = 256, std::chrono::milliseconds attempt = 10s) {
    webhook_ = std::make_unique<Webhook>(io_, listener_.url(), WebhookOptions{queue, attempt, 1ms, 20ms},
                                         [this](std::string_view event, const std::string& detail) {
                                           const std::lock_guard lock(mutex_);
                                           reports_.push_back(std::string(event) + ": " + detail);
                                           changed_.notify_all();
                                         });
    return *webhook_;
  }
  /// Waits for a report that contains this.
  bool reported(const std::string& part) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s, [&] {
      return std::any_of(reports_.begin(), reports_.end(),
                         [&](const std::string& each) { return each.find(part) != std::string::npos; });
    });
  }

  Listener listener_;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> reports_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  std::thread thread_{[this] { io_.run(); }};
  std::unique_ptr<Webhook> webhook_;
};

TEST_F(WebhookTest, PostsJsonInOrder) {
  Webhook& webhook = begin();
  webhook.post("{\"a\":1}");
  webhook.post("{\"a\":2}");
  const auto first = listener_.answer(200);
  EXPECT_EQ(first.method(), http::verb::post);
  EXPECT_EQ(first.target(), "/alarms?x=1");
  EXPECT_EQ(first[http::field::content_type], "application/json");
  EXPECT_THAT(std::string(first[http::field::host]), HasSubstr("127.0.0.1:"));
  EXPECT_EQ(first.body(), "{\"a\":1}");
  EXPECT_EQ(listener_.answer(201).body(), "{\"a\":2}");
}

TEST_F(WebhookTest, TriesAgainWhatMayPass) {
  Webhook& webhook = begin();
  webhook.post("first");
  webhook.post("second");
  for (const unsigned status : {503U, 500U, 429U, 408U}) EXPECT_EQ(listener_.answer(status).body(), "first");
  listener_.take().close();  // and a connection that breaks
  EXPECT_EQ(listener_.answer(200).body(), "first");
  EXPECT_EQ(listener_.answer(200).body(), "second");
  EXPECT_TRUE(reported("webhook failed: answered 503"));
}

TEST_F(WebhookTest, DropsWhatIsRefusedForGood) {
  Webhook& webhook = begin();
  webhook.post("refused");
  webhook.post("next");
  EXPECT_EQ(listener_.answer(404).body(), "refused");
  EXPECT_EQ(listener_.answer(200).body(), "next");
  EXPECT_TRUE(reported("webhook refused: answered 404"));
}

TEST_F(WebhookTest, AServerThatSaysNothingIsGivenUpAndAskedAgain) {
  Webhook& webhook = begin(256, 50ms);
  webhook.post("patient");
  Tcp::socket silent = listener_.take();
  EXPECT_TRUE(reported("webhook failed: reading the answer"));
  EXPECT_EQ(listener_.answer(200).body(), "patient");
}

TEST_F(WebhookTest, BeyondItsQueueTheOldestAreDropped) {
  Webhook& webhook = begin(3);
  webhook.post("0");
  Tcp::socket silent = listener_.take();  // 0 is being sent
  for (int i = 1; i <= 5; ++i) webhook.post(std::to_string(i));
  EXPECT_TRUE(reported("webhook overflow"));
  silent.close();
  std::vector<std::string> bodies;
  for (int i = 0; i < 3; ++i) bodies.push_back(listener_.answer(200).body());
  EXPECT_THAT(bodies, ElementsAre("0", "4", "5"));
  EXPECT_TRUE(reported("webhook back: 3 alarms were dropped"));
}

TEST_F(WebhookTest, EndsWhileAServerKeepsItWaiting) {
  Webhook& webhook = begin();
  webhook.post("never answered");
  Tcp::socket silent = listener_.take();
}  // the destructor joins the thread: nothing of the webhook is pending

TEST(WebhookUrl, IsAnAddressWithPortAndPath) {
  const auto full = parse_webhook_url("http://127.0.0.1:8080/a/b?c=d").value();
  EXPECT_EQ(full.address, "127.0.0.1");
  EXPECT_EQ(full.port, 8080);
  EXPECT_EQ(full.target, "/a/b?c=d");
  const auto bare = parse_webhook_url("http://localhost").value();
  EXPECT_EQ(bare.port, 80);
  EXPECT_EQ(bare.target, "/");
  const auto six = parse_webhook_url("http://[::1]:81/").value();
  EXPECT_EQ(six.address, "::1");
  EXPECT_EQ(six.port, 81);
}

TEST(WebhookUrl, WhatIsNoneIsRefusedWithARemedy) {
  for (const char* wrong : {"", "https://127.0.0.1/", "127.0.0.1:80", "http://", "http://:80/", "http://a.b/",
                            "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:8x/",
                            "http://u@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y"}) {
    const auto parsed = parse_webhook_url(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().reason, "WEBHOOK_MALFORMED");
    EXPECT_THAT(parsed.error().remedy, HasSubstr("TLS"));
  }
}

}  // namespace
}  // namespace tram::daemon
