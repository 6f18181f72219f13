// Status 01: a node says by itself that a document has arrived.
#pragma once

#include "exchange/filing.h"

namespace tram::exchange {

/// Makes the 01 (đã đến) of each recipient here of a dispatch, sealed by the node: filings of their own for
/// the same transaction. Their ids are derived from the message's, so that making one again is making the
/// same. One that cannot be sealed (the node's seal has expired, say) is left out and reported: the document
/// goes on, its receipts prove arrival.
void add_arrival_statuses(const Context& context, Filing& filing);

}  // namespace tram::exchange
