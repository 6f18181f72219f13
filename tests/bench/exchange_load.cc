// The load generator: one sending and one receiving document system, or with --send-only the sending one
// alone. Prints one JSON object.
#include <cstdio>

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
  const Ledger::Summary run = ledger.summary();
  std::printf(
      "{\"sent\":%llu,\"accepted\":%llu,\"refused\":%llu,\"delivered\":%llu,\"lost\":%llu,\"duplicates\":%"
      "llu,"
      "\"statuses\":%llu,\"seconds\":%.3f,\"meanMs\":%.3f,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"p999Ms\":%.3f}\n",
      static_cast<unsigned long long>(run.sent), static_cast<unsigned long long>(run.accepted),
      static_cast<unsigned long long>(run.refused), static_cast<unsigned long long>(run.delivered),
      static_cast<unsigned long long>(run.lost), static_cast<unsigned long long>(run.duplicates),
      static_cast<unsigned long long>(run.statuses), run.seconds, run.mean_ms, run.p50_ms, run.p99_ms,
      run.p999_ms);
  if (!run.first_error.empty()) std::fprintf(stderr, "first refusal: %s\n", run.first_error.c_str());
  return run.lost == 0 && run.duplicates == 0 ? 0 : 1;
}
