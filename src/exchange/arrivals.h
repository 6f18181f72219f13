// Taking messages and receipts over from peers: check the link's trust → verify → commit in order → answer.
#pragma once

#include <atomic>
#include <memory>

#include "exchange/context.h"
#include "exchange/receipt_office.h"

namespace tram::exchange {

/// One incoming stream of `peer`; while `draining` its batches are answered "retry". Threads: any.
[[nodiscard]] std::shared_ptr<ArrivalStream> make_arrival_stream(const Context& context,
                                                                 ReceiptOffice& receipts,
                                                                 const Identity& peer, Lane lane,
                                                                 const std::atomic<bool>& draining);

}  // namespace tram::exchange
