// tramd: one node.
#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "tramd/config_reader.h"
#include "tramd/daemon.h"
#include "transport/environment.h"

namespace {

// Every thread started later inherits this: SIGTERM and SIGINT are taken by main alone.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return set;
}

int run(tram::daemon::Config config) {
  const sigset_t signals = block_signals();
  tram::transport::prepare_grpc_environment();
  tram::daemon::Daemon daemon(std::move(config));
  if (auto started = daemon.start(); !started) {
    std::cerr << "tramd: " << started.error().text() << '\n';
    return 1;
  }
  int received = 0;
  sigwait(&signals, &received);
  daemon.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "tramd: a node of the document exchange. One TOML file configures it: deploy/tramd.toml explains every "
      "key."};
  std::string file;
  bool check = false;
  app.add_option("--config", file, "the configuration file")->required();
  app.add_flag("--check", check, "say what is wrong with the configuration, and where; start nothing");
  CLI11_PARSE(app, argc, argv);
  auto reading = tram::daemon::read_config(file);
  if (check || !reading.ok()) {
    (reading.ok() ? std::cout : std::cerr) << reading.report();
    return reading.ok() ? 0 : 2;
  }
  return run(std::move(*reading.config));
}
