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

// All but the agency's code.
std::vector<CLI::Option*> add(CLI::App& app, const std::string& who, ClientOptions& client) {
  return {app.add_option("--" + who + "-address", client.address),
          app.add_option("--" + who + "-certificate", client.certificate),
          app.add_option("--" + who + "-key", client.key)};
}

// Lines "AGENCY CERTIFICATE KEY".
std::vector<ClientOptions> clients_in(const std::string& file, const std::string& address) {
  std::vector<ClientOptions> out;
  std::istringstream lines(read(file));
  ClientOptions client{"", address, "", ""};
  while (lines >> client.agency >> client.certificate >> client.key) out.push_back(client);
  return out;
}

}  // namespace

LoadOptions parse_options(int argc, char** argv) {
  LoadOptions options;
  CLI::App app{"sends documents from one agency to another and counts what became of each"};
  app.add_option("--sender", options.sender.agency, "agency code")->required();
  for (CLI::Option* option : add(app, "sender", options.sender)) option->required();
  ClientOptions receiver;
  std::string receivers;
  auto* send_only = app.add_flag("--send-only", options.send_only, "nobody receives; done when accepted");
  app.add_option("--receiver", receiver.agency, "agency code");
  for (CLI::Option* option : add(app, "receiver", receiver)) option->excludes(send_only);
  app.add_option("--receivers", receivers,
                 "a file of lines AGENCY CERTIFICATE KEY, all at --receiver-address")
      ->check(CLI::ExistingFile)
      ->excludes(send_only);
  app.add_option("--recipients", options.recipients, "of each document; the receivers take turns")
      ->check(CLI::PositiveNumber);
  app.add_option("--roots", options.roots)->required();
  app.add_option("--bytes", options.bytes);
  app.add_option("--in-flight", options.in_flight);
  app.add_option("--documents", options.documents, "at most so many; 0: as many as the time allows");
  app.add_option("--rate", options.rate, "documents a second; 0: as fast as --in-flight allows")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--seconds", options.seconds);
  app.add_option("--drain-seconds", options.drain_seconds);
  try {
    app.parse(argc, argv);
    options.receivers = receivers.empty() ? std::vector{receiver} : clients_in(receivers, receiver.address);
    if (options.receivers.size() < options.recipients || options.receivers.front().agency.empty())
      throw CLI::ValidationError("give --receiver, or in --receivers at least as many as --recipients");
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
