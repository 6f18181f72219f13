// Agency codes in both forms: what is read is canonical, and reads as itself.
#include "model/agency_code.h"
#include "tests/fuzz/require.h"

using namespace tram;

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto code = AgencyCode::parse(fuzz::view(data, size));
  if (!code) {
    fuzz::require(code.error().reason == "AGENCY_CODE_MALFORMED", "a refusal has its reason");
    return 0;
  }
  fuzz::require(code->text().size() >= 3 && code->text().size() <= AgencyCode::kMaxLength,
                "3 to 35 characters");
  const auto again = AgencyCode::parse(code->text());
  fuzz::require(again && *again == *code, "the canonical form reads as itself");
  fuzz::require(code->within(*code), "a code lies within itself");
  const AgencyCode parent = code->parent();
  fuzz::require(parent.empty() || code->within(parent), "a code lies within its parent");
  fuzz::require(parent.empty() || AgencyCode::parse(parent.text()).has_value(), "a parent is a code");
  return 0;
}
