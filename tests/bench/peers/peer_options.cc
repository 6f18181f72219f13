#include "tests/bench/peers/peer_options.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

namespace tram::bench {

PeerOptions parse_peer_options(int argc, char** argv) {
  CLI::App app{"The client of one peer in tests/bench/compare"};
  PeerOptions options;
  app.add_option("--host", options.host);
  app.add_option("--port", options.port)->required();
  app.add_option("--bytes", options.bytes)->check(CLI::Range(64, 16 << 20));
  app.add_option("--in-flight", options.in_flight)->check(CLI::Range(1, 100'000));
  app.add_option("--seconds", options.seconds);
  app.add_option("--drain-seconds", options.drain_seconds);
  app.add_option("--connections", options.connections)->check(CLI::Range(1, 64));
  app.add_option("--sink-port", options.sink_port);
  auto* roots = app.add_option("--roots", options.roots);
  app.add_option("--certificate", options.certificate)->needs(roots);
  app.add_option("--key", options.key)->needs(roots);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::fflush(stderr);
  std::_Exit(2);
}

}  // namespace tram::bench
