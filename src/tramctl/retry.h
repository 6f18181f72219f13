// Trying again, for a while: the contract says that the same id may always be sent again.
#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "tramctl/context.h"

namespace tram::client {

/// True if nothing was refused: UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED; and CANCELLED, with which a node
/// that stops ends calls under way.
[[nodiscard]] bool may_retry(const Error& error);

/// Waits twice as long each time, from 200 ms to 5 s, and never shorter than the node asks for, until the
/// time is over. One thread.
class Retry {
 public:
  /// `about`: what whoever breaks it off must know, told with the first failure.
  Retry(const Context& context, std::chrono::seconds budget, std::string about = "");

  /// Sleeps and says true if the attempt that failed so may be made again.
  [[nodiscard]] bool again(const Error& error);
  /// Something went forward: the time starts anew.
  void progressed();

 private:
  const Context& context_;
  std::chrono::seconds budget_;
  std::string about_;
  SteadyTime until_;
  Duration delay_;
  bool told_ = false;
};

}  // namespace tram::client
