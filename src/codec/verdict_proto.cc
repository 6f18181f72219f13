#include "codec/message_proto.h"
#include "codec/text.h"
#include "codec/verdict_checks.h"
#include "codec/verdict_json.h"

namespace tram::codec {
namespace {
constexpr std::size_t kMaxText = 1024;  // bytes of each text
}

v1::VerdictInfo to_proto(const Verdict& verdict) {
  v1::VerdictInfo out;
  out.set_good(verdict.good());
  out.set_who(verdict.who());
  out.set_subject(clean_text(verdict.subject, kMaxText));
  out.set_certificate_sha256(std::string(verdict.certificate.bytes()));
  out.set_basis(std::string(name(verdict.basis)));
  out.set_judged_at(to_rfc3339(verdict.judged_at));
  for (const VerdictCheck& check : kVerdictChecks)
    (*out.mutable_checks())[std::string(check.name)] = std::string(name(verdict.*check.state));
  out.set_by_mapping(verdict.by_mapping);
  for (const Error& cause : verdict.causes) {
    if (static_cast<std::size_t>(out.causes_size()) == kMaxVerdictCauses) break;
    out.add_causes(clean_text(cause.text(), kMaxText));
  }
  return out;
}

}  // namespace tram::codec
