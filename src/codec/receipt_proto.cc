#include "codec/receipt_proto.h"

#include "codec/bundle.h"
#include "codec/causes.h"
#include "codec/evidence_json.h"
#include "codec/proto_fields.h"

namespace tram::codec {
namespace {

ProvenRecord read(const v1::ProvenRecord& record, const std::string& path, Causes& causes) {
  ProvenRecord out;
  if (record.record().empty() || record.record().size() > kMaxRecordBytes)
    causes.add(path + "record", "RECORD_SIZE", "a log entry has 1 to 65,535 bytes");
  else
    out.record = record.record();
  out.index = record.index();
  if (!within_limit(record.path_size(), kMaxAuditPath, path + "path", causes)) return out;
  for (int i = 0; i < record.path_size(); ++i)
    out.path.push_back(read_digest(record.path(i), path + numbered("path", i), causes));
  return out;
}

void read_checkpoint(const v1::Checkpoint& checkpoint, ReceiptBundle& out, Causes& causes) {
  if (checkpoint.origin().empty() || checkpoint.origin().size() > kMaxOriginBytes)
    causes.add("checkpoint.origin", "ORIGIN_SIZE", "a log's name has 1 to 255 bytes");
  if (checkpoint.note().empty() || checkpoint.note().size() > kMaxCheckpointBytes)
    causes.add("checkpoint.note", "CHECKPOINT_SIZE", "a checkpoint has 1 to 16,384 bytes");
  if (!causes.empty()) return;
  out.origin = checkpoint.origin();
  out.checkpoint = checkpoint.note();
}

}  // namespace

Result<ProvenRecord> from_proto(const v1::ProvenRecord& record) {
  Causes causes;
  ProvenRecord out = read(record, "", causes);
  if (!causes.empty()) return std::move(causes).into_error("PROOF_MALFORMED", "not a proven record");
  return out;
}

v1::ProvenRecord to_proto(const ProvenRecord& record) {
  v1::ProvenRecord out;
  out.set_record(record.record);
  out.set_index(record.index);
  for (const Digest& hash : record.path) out.add_path(std::string(hash.bytes()));
  return out;
}

Result<ReceiptBundle> from_proto(const v1::ReceiptBundle& bundle) {
  Causes causes;
  ReceiptBundle out;
  read_checkpoint(bundle.checkpoint(), out, causes);
  if (within_limit(bundle.records_size(), kMaxBundleRecords, "records", causes)) {
    for (int i = 0; i < bundle.records_size(); ++i)
      out.records.push_back(read(bundle.records(i), numbered("records", i) + ".", causes));
  }
  if (!causes.empty()) return std::move(causes).into_error("BUNDLE_MALFORMED", "not a bundle of receipts");
  return out;
}

v1::ReceiptBundle to_proto(const ReceiptBundle& bundle) {
  v1::ReceiptBundle out;
  out.mutable_checkpoint()->set_origin(bundle.origin);
  out.mutable_checkpoint()->set_note(bundle.checkpoint);
  for (const ProvenRecord& record : bundle.records) *out.add_records() = to_proto(record);
  return out;
}

}  // namespace tram::codec
