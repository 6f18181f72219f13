// The load generator: one sending document system and one or many receiving ones, or with --send-only the
// sending one alone. Prints one JSON object.
#include <memory>
#include <vector>

#include "tests/bench/receiver.h"
#include "tests/bench/sender.h"
#include "transport/environment.h"

int main(int argc, char** argv) {
  using namespace tram::bench;
  tram::transport::prepare_grpc_environment();
  const LoadOptions options = parse_options(argc, argv);
  Ledger ledger(options.in_flight, options.documents, options.send_only, options.recipients);
  if (options.send_only) {
    run_sender(options, ledger);
  } else {
    const Receiver statuses(options.sender, options.roots, ledger, true);
    std::vector<std::unique_ptr<Receiver>> receivers;
    for (const ClientOptions& receiver : options.receivers)
      receivers.push_back(std::make_unique<Receiver>(receiver, options.roots, ledger, false));
    // Hundreds of handshakes take longer than some runs. One that is not there by then is served when it is.
    const auto patience = Clock::now() + std::chrono::seconds(options.drain_seconds);
    for (const auto& receiver : receivers) {
      if (!receiver->wait_connected(patience)) break;
    }
    run_sender(options, ledger);
    ledger.wait_done(Clock::now() + std::chrono::seconds(options.drain_seconds));
  }
  return report(ledger.summary());
}
