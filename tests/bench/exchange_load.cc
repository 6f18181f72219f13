// The load generator: one sending and one receiving document system, or with --send-only the sending one
// alone. Prints one JSON object.
#include "tests/bench/receiver.h"
#include "tests/bench/sender.h"
#include "transport/environment.h"

int main(int argc, char** argv) {
  using namespace tram::bench;
  tram::transport::prepare_grpc_environment();
  const LoadOptions options = parse_options(argc, argv);
  Ledger ledger(options.in_flight, options.documents, options.send_only);
  if (options.send_only) {
    run_sender(options, ledger);
  } else {
    const Receiver statuses(options.sender, options.roots, ledger, true);
    const Receiver receiver(options.receiver, options.roots, ledger, false);
    run_sender(options, ledger);
    ledger.wait_done(Clock::now() + std::chrono::seconds(options.drain_seconds));
  }
  return report(ledger.summary());
}
