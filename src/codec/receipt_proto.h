// Receipts: model values and protobuf, within the limits of codec/bundle.h. Nothing is verified here.
#pragma once

#include <tram/v1/message.pb.h>

#include "base/error.h"
#include "model/receipt.h"

namespace tram::codec {

/// Errors: INVALID_ARGUMENT naming the field.
[[nodiscard]] Result<ProvenRecord> from_proto(const v1::ProvenRecord& record);
[[nodiscard]] v1::ProvenRecord to_proto(const ProvenRecord& record);

[[nodiscard]] Result<ReceiptBundle> from_proto(const v1::ReceiptBundle& bundle);
[[nodiscard]] v1::ReceiptBundle to_proto(const ReceiptBundle& bundle);

}  // namespace tram::codec
