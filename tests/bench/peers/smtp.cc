// Mail: several connections hand mails to a relay over SMTP (RFC 5321), and a sink in this program takes what
// it relays. A document is confirmed when the relay answers its DATA with 250, done when the sink has it and
// has answered 250. It travels as a mail does: base64 (RFC 2045).
#include <openssl/evp.h>

#include <atomic>
#include <boost/asio.hpp>
#include <thread>
#include <vector>

#include "tests/bench/ledger.h"
#include "tests/bench/payload.h"
#include "tests/bench/peers/peer_options.h"

namespace tram::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kBytesOfALine = 57;  // 76 characters: RFC 2045, section 6.8
constexpr std::string_view kIdHeader = "X-Document: ";

std::string base64_lines(const std::string& payload) {
  std::string out;
  out.reserve(payload.size() * 78 / kBytesOfALine + 80);
  unsigned char line[80];
  for (std::size_t at = 0; at < payload.size(); at += kBytesOfALine) {
    const int length = static_cast<int>(std::min(kBytesOfALine, payload.size() - at));
    const int coded =
        EVP_EncodeBlock(line, reinterpret_cast<const unsigned char*>(payload.data()) + at, length);
    out.append(reinterpret_cast<const char*>(line), static_cast<std::size_t>(coded)).append("\r\n");
  }
  return out;
}

std::string mail_of(const std::string& id, const std::string& payload) {
  return "From: <sender@bench.invalid>\r\nTo: <recipient@bench.invalid>\r\nMessage-ID: <" + id +
         "@bench.invalid>\r\n" + std::string(kIdHeader) + id +
         "\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: "
         "base64\r\n\r\n" +
         base64_lines(payload) + ".\r\n";
}

// One side of an SMTP connection, blocking.
class Line {
 public:
  explicit Line(tcp::socket socket) : socket_(std::move(socket)) { socket_.set_option(tcp::no_delay(true)); }

  void write(std::string_view text) { asio::write(socket_, asio::buffer(text)); }
  /// Up to and with `end`.
  std::string read(std::string_view end) {
    const std::size_t length = asio::read_until(socket_, asio::dynamic_buffer(buffer_), end);
    std::string out = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return out;
  }
  /// An answer's last line; its first digit tells what it means.
  std::string answer() {
    for (;;) {
      std::string line = read("\r\n");
      if (line.size() < 4 || line[3] != '-') return line;
    }
  }

 private:
  tcp::socket socket_;
  std::string buffer_;
};

void expect(Line& line, char digit, const char* step) {
  const std::string answer = line.answer();
  if (answer.empty() || answer[0] != digit) give_up(std::string("smtp: ") + step + ": " + answer);
}

Line open_line(const PeerOptions& options, asio::io_context& context) {
  tcp::socket socket(context);
  socket.connect({asio::ip::make_address(options.host), options.port});
  Line line(std::move(socket));
  expect(line, '2', "greeting");
  line.write("EHLO bench.invalid\r\n");
  expect(line, '2', "EHLO");
  return line;
}

void send_all(const PeerOptions& options, Ledger& ledger) {
  asio::io_context context;
  Line line = open_line(options, context);
  const auto deadline = Clock::now() + std::chrono::seconds(options.seconds);
  while (const auto id = ledger.next(deadline)) {
    const std::string mail = mail_of(*id, payload_of(*id, options.bytes));
    line.write(
        "MAIL FROM:<sender@bench.invalid>\r\nRCPT TO:<recipient@bench.invalid>\r\nDATA\r\n");  // PIPELINING
    expect(line, '2', "MAIL");
    expect(line, '2', "RCPT");
    expect(line, '3', "DATA");
    line.write(mail);
    const std::string answer = line.answer();
    ledger.answered(*id, answer[0] == '2', answer);
  }
  line.write("QUIT\r\n");
}

// What the relay delivers to: takes everything.
class Sink {
 public:
  Sink(const PeerOptions& options, Ledger& ledger)
      : ledger_(ledger), acceptor_(context_, {asio::ip::make_address("127.0.0.1"), options.sink_port}) {
    accept();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Sink() {
    asio::post(context_, [this] { acceptor_.close(); });
    context_.stop();
    thread_.join();
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

 private:
  // Asynchronous, one thread for all connections: the relay decides how many it opens.
  struct Session : std::enable_shared_from_this<Session> {
    Session(tcp::socket taken, Ledger& books) : socket(std::move(taken)), ledger(books) {}

    void say(const char* text) {
      asio::async_write(socket, asio::buffer(text, std::strlen(text)),
                        [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                          if (!error) self->listen(self->in_data ? "\r\n.\r\n" : "\r\n");
                        });
    }
    void listen(const char* end) {
      asio::async_read_until(
          socket, asio::dynamic_buffer(buffer), end,
          [self = shared_from_this()](const boost::system::error_code& error, std::size_t length) {
            if (error) return;
            std::string text = self->buffer.substr(0, length);
            self->buffer.erase(0, length);
            self->in_data ? self->mail(text) : self->command(text);
          });
    }
    void command(const std::string& text) {
      const std::string word = text.substr(0, 4);
      in_data = word == "DATA";
      if (word == "EHLO") return say("250-sink.invalid\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
      say(in_data ? "354 go on\r\n" : word == "QUIT" ? "221 bye\r\n" : "250 ok\r\n");
    }
    void mail(const std::string& text) {
      in_data = false;
      const std::size_t at = text.find(kIdHeader);
      if (at == std::string::npos) return say("250 of an earlier run\r\n");
      const std::size_t begin = at + kIdHeader.size();
      const std::string id = text.substr(begin, text.find('\r', begin) - begin);
      ledger.delivered(id, id, false);
      say("250 ok\r\n");
      ledger.acknowledged(id);
    }

    tcp::socket socket;
    Ledger& ledger;
    std::string buffer;
    bool in_data = false;
  };

  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (error) return;
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket), ledger_)->say("220 sink.invalid\r\n");
      accept();
    });
  }

  Ledger& ledger_;
  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

void run(const PeerOptions& options, Ledger& ledger) {
  const Sink sink(options, ledger);
  std::vector<std::thread> senders;
  for (unsigned i = 0; i < options.connections; ++i) {
    senders.emplace_back([&] {
      try {
        send_all(options, ledger);
      } catch (const std::exception& error) {
        give_up(std::string("smtp: ") + error.what());
      }
    });
  }
  for (auto& thread : senders) thread.join();
  ledger.wait_done(Clock::now() + std::chrono::seconds(options.drain_seconds));
}

}  // namespace
}  // namespace tram::bench

int main(int argc, char** argv) {
  using namespace tram::bench;
  const PeerOptions options = parse_peer_options(argc, argv);
  Ledger ledger(options.in_flight, 0, false);
  run(options, ledger);
  return report(ledger.summary());
}
