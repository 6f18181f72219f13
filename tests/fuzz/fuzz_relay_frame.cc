// Frames of a peer: everything in them is read as the relay's transport reads it.
#include <tram/v1/relay.pb.h>

#include "codec/evidence_json.h"
#include "codec/header_json.h"
#include "codec/message_proto.h"
#include "codec/receipt_proto.h"
#include "codec/status_proto.h"
#include "tests/fuzz/require.h"

using namespace tram;

namespace {

void read_receipts(const v1::ReceiptBundle& proto) {
  const auto bundle = codec::from_proto(proto);
  if (!bundle) return;
  const auto again = codec::from_proto(codec::to_proto(*bundle));
  fuzz::require(again && *again == *bundle, "a bundle comes back as written");
  for (const ProvenRecord& record : bundle->records) static_cast<void>(codec::read_record(record.record));
}

void read_message(const v1::HopMessage& message) {
  static_cast<void>(codec::read_header(message.header()));
  static_cast<void>(codec::digest_from_proto(message.certificate_sha256(), "certificate_sha256"));
  const auto recipients = codec::codes_from_proto(message.recipients(), "recipients", 1000);
  if (recipients) fuzz::require(recipients->size() <= 1000, "recipients are bounded");
  static_cast<void>(codec::codes_from_proto(message.trace(), "trace", 16));
  if (message.has_acceptance()) static_cast<void>(codec::from_proto(message.acceptance().record()));
}

// The same bytes as an answer: what a peer says of our items.
void read_answer(const v1::RelayAnswer& answer) {
  for (const v1::ItemOutcome& outcome : answer.outcome().outcomes()) {
    const Error error = codec::from_proto(outcome.error());
    fuzz::require(codec::status_details(error).size() <= codec::kMaxStatusBytes, "a status is bounded");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  v1::RelayAnswer answer;
  if (answer.ParseFromArray(data, static_cast<int>(size))) read_answer(answer);
  v1::RelayFrame frame;
  if (!frame.ParseFromArray(data, static_cast<int>(size))) return 0;
  for (const v1::HopItem& item : frame.batch().items()) {
    if (item.has_message()) read_message(item.message());
    if (item.has_receipts()) read_receipts(item.receipts());
  }
  return 0;
}
