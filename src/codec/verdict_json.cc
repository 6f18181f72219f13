#include "codec/verdict_json.h"

#include <algorithm>
#include <array>

#include "codec/grpc_code.h"
#include "codec/header_fields.h"
#include "codec/json_object.h"
#include "codec/json_writer.h"
#include "codec/text.h"
#include "codec/verdict_checks.h"

namespace tram::codec {
namespace {

constexpr std::size_t kMaxSubject = 1024;   // bytes
constexpr std::size_t kMaxCauseText = 256;  // bytes of each text of a cause

// In the order of the enumerations.
const std::array<std::string_view, 3> kStates{name(CheckState::not_checked), name(CheckState::good),
                                              name(CheckState::bad)};
const std::array<std::string_view, 5> kBases{name(TimeBasis::none), name(TimeBasis::accepting_clock),
                                             name(TimeBasis::time_stamp), name(TimeBasis::accepting_log),
                                             name(TimeBasis::arrival)};

// The causes below a cause become part of its message.
void write_cause(JsonWriter& json, const Error& cause) {
  std::string message = cause.message;
  for (const Error& below : cause.causes) message += "; " + below.text();
  json.begin_object().name("code").number(static_cast<std::uint64_t>(grpc_code(cause.code)));
  json.text_member("reason", clean_text(cause.reason, kMaxCauseText));
  json.text_member("message", clean_text(message, kMaxCauseText));
  json.text_member("remedy", clean_text(cause.remedy, kMaxCauseText));
  json.text_member("field", clean_text(cause.field, kMaxCauseText)).end_object();
}

Error read_cause(const JsonObject& json) {
  const auto code = static_cast<int>(json.number("code", 16, Need::required));
  return {error_code_from_grpc(code), json.text("reason"), json.text("message"),
          json.text("remedy"),        json.text("field"),  {}};
}

Verdict read_fields(const JsonObject& json) {
  Verdict out;
  const auto by = json.choice("signed_by", kSignedBySpellings, Need::required);
  out.signed_by = static_cast<SignedBy>(by.value_or(0) + 1);
  out.agency = json.agency("agency");
  out.node = json.agency("node");
  out.certificate = json.digest("certificate");
  out.subject = json.text("subject");
  out.basis = static_cast<TimeBasis>(json.choice("basis", kBases, Need::required).value_or(0));
  out.judged_at = json.time("judged_at", Need::required).value_or(Timestamp());
  if (const auto checks = json.object("checks", Need::required)) {
    for (const VerdictCheck& check : kVerdictChecks)
      out.*check.state = static_cast<CheckState>(checks->choice(check.name, kStates).value_or(0));
  }
  out.by_mapping = json.boolean("by_mapping");
  for (const JsonObject& cause : json.objects("causes", kMaxVerdictCauses))
    out.causes.push_back(read_cause(cause));
  return out;
}

}  // namespace

Bytes write_verdict(const Verdict& verdict) {
  JsonWriter json;
  json.begin_object().name("signed_by").text(spelling(verdict.signed_by));
  json.text_member("agency", verdict.agency.text()).text_member("node", verdict.node.text());
  json.name("certificate").text(verdict.certificate.hex());
  json.text_member("subject", clean_text(verdict.subject, kMaxSubject));
  json.name("basis").text(name(verdict.basis)).name("judged_at").text(to_rfc3339(verdict.judged_at));
  json.name("checks").begin_object();
  for (const VerdictCheck& check : kVerdictChecks) json.name(check.name).text(name(verdict.*check.state));
  json.end_object().true_member("by_mapping", verdict.by_mapping).name("causes").begin_array();
  const std::size_t causes = std::min(verdict.causes.size(), kMaxVerdictCauses);
  for (std::size_t i = 0; i < causes; ++i) write_cause(json, verdict.causes[i]);
  return std::move(json.end_array().end_object()).take();
}

Result<Verdict> read_verdict(BytesView bytes) {
  const auto tree = parse_json(bytes, kMaxVerdictBytes);
  Causes causes;
  Verdict out;
  if (!tree) {
    causes.add(tree.error());
  } else {
    out = read_fields(JsonObject(*tree, "", causes));
  }
  if (!causes.empty())
    return std::move(causes).into_error("VERDICT_MALFORMED", "the stored verdict is damaged");
  return out;
}

}  // namespace tram::codec
