// Trying again, for a while: the contract says that the same id may always be sent again.
#pragma once

#include <chrono>

#include "base/error.h"
#include "tramctl/context.h"

namespace tram::client {

/// True if nothing was refused: UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED.
[[nodiscard]] bool may_retry(const Error& error);

/// Waits twice as long each time, from 200 ms to 5 s, and never shorter than the node asks for, until the
/// time is over. One thread.
class Retry {
 public:
  Retry(const Context& context, std::chrono::seconds budget);

  /// Sleeps and says true if the attempt that failed so may be made again.
  [[nodiscard]] bool again(const Error& error);
  /// Something went forward: the time starts anew.
  void progressed();

 private:
  const Context& context_;
  std::chrono::seconds budget_;
  SteadyTime until_;
  Duration delay_;
  bool told_ = false;
};

}  // namespace tram::client
