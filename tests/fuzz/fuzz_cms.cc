// Signatures of strangers: read strictly, stripped of certificates, and stable after that.
#include "tests/fuzz/require.h"
#include "trust/cms.h"

using namespace tram;

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const BytesView signature = fuzz::view(data, size);
  const auto parts = trust::inspect(signature);
  const auto stripped = trust::strip_certificates(signature);
  if (parts) {
    fuzz::require(signature.size() <= trust::kMaxSignatureWithCertificates, "a signature is bounded");
    fuzz::require(parts->certificates.size() <= trust::kMaxEmbeddedCertificates, "certificates are bounded");
  }
  if (!stripped) return 0;
  const auto wire = trust::inspect(stripped->signature);
  fuzz::require(wire.has_value(), "a wire form keeps to the profile");
  fuzz::require(wire->certificates.empty(), "a wire form has no certificates");
  if (parts) {
    fuzz::require(wire->content == parts->content && wire->certificate == parts->certificate &&
                      wire->signing_time == parts->signing_time,
                  "what is signed does not change");
  }
  const auto again = trust::strip_certificates(stripped->signature);
  fuzz::require(again && again->signature == stripped->signature, "the wire form of a wire form is itself");
  return 0;
}
