// Accepting from agencies: authorise → check → deduplicate → seal or verify → route → commit → answer.
#pragma once

#include <functional>

#include "exchange/context.h"

namespace tram::exchange {

/// Threads: any. Computation runs on the workers, the commit in the store.
class Acceptor {
 public:
  explicit Acceptor(const Context& context) : context_(context) {}
  void submit(const Identity& who, SubmissionRequest request, std::function<void(Result<Acceptance>)> done);

 private:
  const Context& context_;
};

}  // namespace tram::exchange
