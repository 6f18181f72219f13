// Evidence records of other nodes, and stored verdicts.
#include "codec/evidence_json.h"
#include "codec/verdict_json.h"
#include "tests/fuzz/require.h"

using namespace tram;

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto record = codec::read_record(fuzz::view(data, size));
  if (record) {
    const Bytes written = codec::write_record(*record);
    fuzz::require(written.size() <= codec::kMaxRecordBytes, "a record fits a log entry");
    const auto again = codec::read_record(written);
    fuzz::require(again && codec::write_record(*again) == written, "a record comes back as written");
  }
  const auto verdict = codec::read_verdict(fuzz::view(data, size));
  if (verdict) {
    const Bytes written = codec::write_verdict(*verdict);
    const auto again = codec::read_verdict(written);
    fuzz::require(again && codec::write_verdict(*again) == written, "a verdict comes back as written");
    fuzz::require(again->good() == verdict->good(), "a verdict does not become better");
  }
  return 0;
}
