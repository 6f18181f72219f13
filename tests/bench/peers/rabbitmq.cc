// RabbitMQ: a quorum queue, publisher confirms, manual acknowledgements; with --roots over mutual TLS. One
// connection publishes, another consumes, each on a thread of its own.
#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "tests/bench/ledger.h"
#include "tests/bench/payload.h"
#include "tests/bench/peers/peer_options.h"

namespace tram::bench {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr timeval kNow{0, 0};
const amqp_bytes_t kQueue = amqp_cstring_bytes("documents");

void require(int status, const char* step) {
  if (status != AMQP_STATUS_OK) give_up(std::string("rabbitmq: ") + step + ": " + amqp_error_string2(status));
}

void require(const amqp_rpc_reply_t& reply, const char* step) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  give_up(std::string("rabbitmq: ") + step + ": " +
          (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION ? amqp_error_string2(reply.library_error)
                                                               : "the server closed the channel"));
}

class Connection {
 public:
  explicit Connection(const PeerOptions& options) : state_(amqp_new_connection()) {
    amqp_socket_t* socket = options.roots.empty() ? amqp_tcp_socket_new(state_) : secured(options);
    require(
        amqp_socket_open(socket, options.roots.empty() ? options.host.c_str() : "localhost", options.port),
        "connecting");
    require(amqp_login(state_, "/", 0, AMQP_DEFAULT_FRAME_SIZE, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest"),
            "logging in");
    amqp_channel_open(state_, kChannel);
    require(amqp_get_rpc_reply(state_), "opening a channel");
  }
  ~Connection() { amqp_destroy_connection(state_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] amqp_connection_state_t get() const { return state_; }
  [[nodiscard]] int socket() const { return amqp_get_sockfd(state_); }

 private:
  amqp_socket_t* secured(const PeerOptions& options) {
    amqp_socket_t* socket = amqp_ssl_socket_new(state_);
    require(amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST), "choosing TLS");
    require(amqp_ssl_socket_set_cacert(socket, options.roots.c_str()), "reading the roots");
    require(amqp_ssl_socket_set_key(socket, options.certificate.c_str(), options.key.c_str()),
            "reading the key");
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
    return socket;
  }

  amqp_connection_state_t state_;
};

// Wakes the publisher when the consumer made room.
class Wake {
 public:
  Wake() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Wake() { close(descriptor_); }
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  void ring() const { static_cast<void>(eventfd_write(descriptor_, 1)); }

  /// Until `socket` can be read, ring() was called, or 200 ms have passed.
  void wait(int socket) const {
    pollfd both[] = {{socket, POLLIN, 0}, {descriptor_, POLLIN, 0}};
    poll(both, 2, 200);
    eventfd_t rings = 0;
    eventfd_read(descriptor_, &rings);
  }

 private:
  int descriptor_;
};

class Publisher {
 public:
  Publisher(const PeerOptions& options, Ledger& ledger, const Wake& wake)
      : options_(options), ledger_(ledger), wake_(wake), connection_(options) {
    declare();
    amqp_confirm_select(connection_.get(), kChannel);
    require(amqp_get_rpc_reply(connection_.get()), "asking for confirms");
  }

  void run() {
    const auto deadline = Clock::now() + std::chrono::seconds(options_.seconds);
    const auto end = deadline + std::chrono::seconds(options_.drain_seconds);
    while (Clock::now() < deadline || (!waiting_.empty() && Clock::now() < end)) {
      const bool read = read_confirms();
      const bool published = Clock::now() < deadline && publish();
      if (!read && !published) wake_.wait(connection_.socket());
    }
  }

 private:
  void declare() {
    amqp_table_entry_t type{amqp_cstring_bytes("x-queue-type"), {}};
    type.value.kind = AMQP_FIELD_KIND_UTF8;
    type.value.value.bytes = amqp_cstring_bytes("quorum");
    amqp_queue_declare(connection_.get(), kChannel, kQueue, 0, 1, 0, 0, amqp_table_t{1, &type});
    require(amqp_get_rpc_reply(connection_.get()), "declaring a quorum queue");
  }

  bool publish() {
    const auto id = ledger_.try_next();
    if (!id) return false;
    const std::string payload = payload_of(*id, options_.bytes);
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties.delivery_mode = 2;  // persistent
    waiting_.emplace(++published_, *id);
    require(amqp_basic_publish(connection_.get(), kChannel, amqp_empty_bytes, kQueue, 1, 0, &properties,
                               amqp_bytes_t{payload.size(), const_cast<char*>(payload.data())}),
            "publishing");
    return true;
  }

  bool read_confirms() {
    bool any = false;
    for (;;) {
      amqp_frame_t frame;
      timeval now = kNow;
      const int status = amqp_simple_wait_frame_noblock(connection_.get(), &frame, &now);
      if (status == AMQP_STATUS_TIMEOUT) return any;
      require(status, "waiting for a confirm");
      any = true;
      if (frame.frame_type == AMQP_FRAME_METHOD) confirmed(frame.payload.method);
      amqp_maybe_release_buffers(connection_.get());
    }
  }

  void confirmed(const amqp_method_t& method) {
    if (method.id == AMQP_BASIC_ACK_METHOD) {
      const auto* ack = static_cast<const amqp_basic_ack_t*>(method.decoded);
      settle(ack->delivery_tag, ack->multiple != 0, true);
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      const auto* nack = static_cast<const amqp_basic_nack_t*>(method.decoded);
      settle(nack->delivery_tag, nack->multiple != 0, false);
    } else {
      give_up("rabbitmq: the server closed the publisher's channel or returned a message");
    }
  }

  void settle(std::uint64_t tag, bool multiple, bool accepted) {
    auto at = multiple ? waiting_.begin() : waiting_.find(tag);
    while (at != waiting_.end() && at->first <= tag) {
      ledger_.answered(at->second, accepted, "negative confirm");
      at = waiting_.erase(at);
    }
  }

  const PeerOptions& options_;
  Ledger& ledger_;
  const Wake& wake_;
  Connection connection_;
  std::uint64_t published_ = 0;
  std::map<std::uint64_t, std::string> waiting_;  // by delivery tag
};

class Consumer {
 public:
  Consumer(const PeerOptions& options, Ledger& ledger, const Wake& wake)
      : ledger_(ledger), wake_(wake), connection_(options) {
    amqp_basic_qos(connection_.get(), kChannel, 0,
                   static_cast<std::uint16_t>(std::min(options.in_flight, 65'535U)), 0);
    require(amqp_get_rpc_reply(connection_.get()), "setting the prefetch count");
    amqp_basic_consume(connection_.get(), kChannel, kQueue, amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    require(amqp_get_rpc_reply(connection_.get()), "consuming");
  }

  void run(const std::atomic<bool>& over) {
    while (!over) {
      amqp_envelope_t envelope;
      timeval limit{0, 200'000};
      const amqp_rpc_reply_t reply = amqp_consume_message(connection_.get(), &envelope, &limit, 0);
      if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION && reply.library_error == AMQP_STATUS_TIMEOUT)
        continue;
      require(reply, "waiting for a message");
      take(envelope);
      amqp_destroy_envelope(&envelope);
      amqp_maybe_release_buffers(connection_.get());
    }
  }

 private:
  void take(const amqp_envelope_t& envelope) {
    const auto& body = envelope.message.body;
    const std::string id = id_of_payload({static_cast<const char*>(body.bytes), body.len});
    ledger_.delivered(id, id, envelope.redelivered != 0);
    require(amqp_basic_ack(connection_.get(), kChannel, envelope.delivery_tag, 0), "acknowledging");
    ledger_.acknowledged(id);
    wake_.ring();
  }

  Ledger& ledger_;
  const Wake& wake_;
  Connection connection_;
};

}  // namespace
}  // namespace tram::bench

int main(int argc, char** argv) {
  using namespace tram::bench;
  const PeerOptions options = parse_peer_options(argc, argv);
  Ledger ledger(options.in_flight, 0, false);
  const Wake wake;
  Publisher publisher(options, ledger, wake);
  Consumer consumer(options, ledger, wake);
  std::atomic<bool> over{false};
  std::thread consuming([&] { consumer.run(over); });
  publisher.run();
  ledger.wait_done(Clock::now() + std::chrono::seconds(options.drain_seconds));
  over = true;
  consuming.join();
  return report(ledger.summary());
}
