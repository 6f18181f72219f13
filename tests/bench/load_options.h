// What the load generator is told.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Channel;
}

namespace tram::bench {

/// One client's way to its node.
struct ClientOptions {
  std::string agency, address, certificate, key;  ///< PEM files
};

struct LoadOptions {
  ClientOptions sender;
  std::vector<ClientOptions> receivers;  ///< at least one; with send_only their agencies alone
  unsigned recipients = 1;               ///< of each document; the receivers take turns
  std::string roots;
  std::uint64_t bytes = 10'000;  ///< of the one attachment
  unsigned in_flight = 64;       ///< sent and not yet acknowledged by the recipient's client
  std::uint64_t documents = 0;   ///< sent at most; 0: as many as the time allows
  bool send_only = false;        ///< a bulk mailing: done when it is accepted, nobody here receives
  double rate = 0;               ///< documents a second to send; 0: as fast as in_flight allows
  unsigned seconds = 10;
  unsigned drain_seconds = 60;  ///< to wait for what was accepted
};

[[nodiscard]] LoadOptions parse_options(int argc, char** argv);

/// A channel of its own with mutual TLS.
[[nodiscard]] std::shared_ptr<grpc::Channel> connect(const ClientOptions& client, const std::string& roots);

}  // namespace tram::bench
