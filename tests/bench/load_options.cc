#include "tests/bench/load_options.h"

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

namespace tram::bench {
namespace {

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<CLI::Option*> add(CLI::App& app, const std::string& who, ClientOptions& client) {
  app.add_option("--" + who, client.agency, "agency code")->required();
  return {app.add_option("--" + who + "-address", client.address),
          app.add_option("--" + who + "-certificate", client.certificate),
          app.add_option("--" + who + "-key", client.key)};
}

}  // namespace

LoadOptions parse_options(int argc, char** argv) {
  LoadOptions options;
  CLI::App app{"sends documents from one agency to another and counts what became of each"};
  for (CLI::Option* option : add(app, "sender", options.sender)) option->required();
  auto* send_only = app.add_flag("--send-only", options.send_only, "nobody receives; done when accepted");
  for (CLI::Option* option : add(app, "receiver", options.receiver)) option->excludes(send_only);
  app.add_option("--roots", options.roots)->required();
  app.add_option("--bytes", options.bytes);
  app.add_option("--in-flight", options.in_flight);
  app.add_option("--documents", options.documents, "at most so many; 0: as many as the time allows");
  app.add_option("--seconds", options.seconds);
  app.add_option("--drain-seconds", options.drain_seconds);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

std::shared_ptr<grpc::Channel> connect(const ClientOptions& client, const std::string& roots) {
  grpc::SslCredentialsOptions tls{read(roots), read(client.key), read(client.certificate)};
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(16 << 20);
  arguments.SetSslTargetNameOverride("localhost");
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  return grpc::CreateCustomChannel(client.address, grpc::SslCredentials(tls), arguments);
}

}  // namespace tram::bench
