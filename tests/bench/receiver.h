// A receiving document system.
#pragma once

#include <memory>

#include "tests/bench/ledger.h"
#include "tests/bench/load_options.h"

namespace tram::bench {

/// Receives and acknowledges on a thread of its own, on one stream after another, until destroyed. With
/// `statuses` it is the sender's own inbox, and counts status messages.
class Receiver {
 public:
  Receiver(const ClientOptions& client, const std::string& roots, Ledger& ledger, bool statuses);
  ~Receiver();
  /// Waits until its connection stands; false if it does not by then.
  [[nodiscard]] bool wait_connected(Clock::time_point deadline);
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tram::bench
