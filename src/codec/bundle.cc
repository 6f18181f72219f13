#include "codec/bundle.h"

#include "codec/receipt_proto.h"

namespace tram::codec {

Bytes write_bundle(const ReceiptBundle& bundle) { return to_proto(bundle).SerializeAsString(); }

Result<ReceiptBundle> read_bundle(BytesView bytes) {
  v1::ReceiptBundle proto;
  if (bytes.size() > INT32_MAX || !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return invalid("", "BUNDLE_MALFORMED", "not a bundle of receipts");
  return from_proto(proto);
}

}  // namespace tram::codec
