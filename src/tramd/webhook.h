// Posts JSON to one address over plain HTTP: how alarms reach people's own tools. Best effort: the list that
// counts is the node's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tram::daemon {

/// "http://ADDRESS[:PORT][/PATH]". The address is an IP literal or "localhost": no name is looked up.
struct WebhookUrl {
  std::string address;  ///< without brackets
  std::uint16_t port = 80;
  std::string target = "/";  ///< path and query, printable ASCII
};

/// INVALID_ARGUMENT, WEBHOOK_MALFORMED.
[[nodiscard]] Result<WebhookUrl> parse_webhook_url(std::string_view text);

struct WebhookOptions {
  std::size_t queue = 256;                       ///< bodies that wait; beyond, the oldest are dropped
  std::chrono::milliseconds attempt{10'000};     ///< for one try, from connecting to the answer's header
  std::chrono::milliseconds retry_first{1'000};  ///< doubles with each failed try
  std::chrono::milliseconds retry_cap{300'000};
};

/// Sends one body after the other, in order, each on a connection of its own, until an answer is 2xx. Tries
/// again when the connection fails or the answer is 408, 429 or 5xx; what is answered otherwise is dropped.
/// Threads: any.
class Webhook {
 public:
  /// An event word and a sentence, for the log; on a thread of `io`.
  using Report = std::function<void(std::string_view event, const std::string& detail)>;

  Webhook(boost::asio::io_context& io, WebhookUrl url, WebhookOptions options, Report report);
  ~Webhook();  ///< drops what waits
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  void post(std::string json);  ///< never blocks

 private:
  class Sender;
  std::shared_ptr<Sender> sender_;
};

}  // namespace tram::daemon
