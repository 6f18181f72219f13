// The sending document system.
#pragma once

#include <atomic>

#include "tests/bench/ledger.h"
#include "tests/bench/load_options.h"

namespace tram::bench {

/// Sends until the time is over, on one stream after another: what a broken stream left unanswered is sent
/// again under its id. Returns when every document is answered, or the drain time is over.
void run_sender(const LoadOptions& options, Ledger& ledger);

}  // namespace tram::bench
