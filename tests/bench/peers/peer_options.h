// What the client of a peer (a system that Trạm is compared with) is told. The same for all.
#pragma once

#include <cstdint>
#include <string>

namespace tram::bench {

struct PeerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::uint64_t bytes = 10'000;         ///< of a payload
  unsigned in_flight = 64;              ///< published and not yet confirmed, consumed and acknowledged
  unsigned seconds = 10;                ///< to publish
  unsigned drain_seconds = 60;          ///< to wait for what was published
  unsigned connections = 16;            ///< for a protocol that does one thing at a time on each
  std::uint16_t sink_port = 0;          ///< where mail is delivered to
  std::string roots, certificate, key;  ///< PEM files; mutual TLS if given
};

/// Ends the program with a message when the arguments are wrong.
[[nodiscard]] PeerOptions parse_peer_options(int argc, char** argv);

/// Ends the program with exit code 2: a peer that does not do what is asked cannot be measured.
[[noreturn]] void give_up(const std::string& what);

}  // namespace tram::bench
