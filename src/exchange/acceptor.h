// Accepting from agencies: authorise → check → deduplicate → seal or verify → route → commit → answer.
#pragma once

#include <functional>

#include "exchange/context.h"
#include "exchange/intake_queue.h"
#include "exchange/quota.h"

namespace tram::exchange {

/// Threads: any. Lives until the workers have ended. Computation runs on the workers, the commit in the
/// store.
class Acceptor {
 public:
  explicit Acceptor(const Context& context)
      : context_(context),
        quotas_(context.settings.quotas, context.services.clock, context.services.observer) {}
  /// RESOURCE_EXHAUSTED at once for who is over its quota.
  void submit(const Identity& who, SubmissionRequest request, std::function<void(Result<Acceptance>)> done);

 private:
  const Context& context_;
  QuotaBook quotas_;
  IntakeQueue waiting_;
};

}  // namespace tram::exchange
