// Headers of strangers: refused with causes, or read, and then written and read again as the same values.
#include "codec/header_json.h"
#include "codec/submitted_digest.h"
#include "tests/fuzz/require.h"

using namespace tram;

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto header = codec::read_header(fuzz::view(data, size));
  if (!header) {
    fuzz::require(header.error().code == ErrorCode::invalid_argument, "a refusal is INVALID_ARGUMENT");
    fuzz::require(!header.error().causes.empty(), "a refusal has causes");
    return 0;
  }
  fuzz::require(check(header->submission, {}).empty(), "what is read is well formed");
  const Bytes written = codec::write_header(*header);
  const auto again = codec::read_header(written);
  fuzz::require(again && *again == *header, "what is read comes back as written");
  fuzz::require(codec::write_header(*again) == written, "equal headers give equal bytes");
  fuzz::require(codec::submitted_digest(again->submission) == codec::submitted_digest(header->submission),
                "equal submissions have equal digests");
  return 0;
}
