// tramd: one node.
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string_view>

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

// An allocation that fails may be anywhere, in a library's callback too, where nothing could be undone. What
// was answered is durable: an end at once loses nothing, and the supervisor starts the node again. No
// allocation here.
void end_out_of_memory() {
  constexpr std::string_view kWords =
      "tramd: out of memory: the process ends, and nothing that was answered is lost; give it more, or lower "
      "[limits] memory_bytes\n";
  static_cast<void>(!write(STDERR_FILENO, kWords.data(), kWords.size()));
  std::_Exit(71);  // EX_OSERR
}

int run(tram::daemon::Config config) {
  umask(077);  // database, contents and log are of no other user of the machine
  const sigset_t signals = block_signals();
  tram::transport::prepare_grpc_environment();
  tram::daemon::Daemon daemon(std::move(config));
  if (auto started = daemon.start(); !started) {
    std::cerr << "tramd: " << started.error().text_for_log() << '\n';
    return 1;
  }
  int received = 0;
  sigwait(&signals, &received);
  daemon.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::set_new_handler(end_out_of_memory);
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
