#include <algorithm>
#include <limits>

#include "codec/attachment_names.h"
#include "codec/header_fields.h"
#include "codec/header_json.h"
#include "codec/json_object.h"

namespace tram::codec {
namespace {

// Members named in `critical` that this version understands. An extension that a receiver must not overlook
// is named there by whoever makes the header, and gets a line here.
constexpr std::array<std::string_view, 4> kUnderstood{"version", "critical", "submitted", "signed"};
constexpr std::size_t kMaxCritical = 16;

MessageKey read_key(const JsonObject& json) {
  return {json.agency("sender", Need::required), MessageId(json.text("id", Need::required))};
}

DocumentCode read_code(const JsonObject& parent) {
  const auto json = parent.object("code");
  return json ? DocumentCode{json->text("number"), json->text("notation")} : DocumentCode();
}

Promulgation read_promulgation(const JsonObject& parent) {
  const auto json = parent.object("promulgation");
  return json ? Promulgation{json->text("place"), json->date("date")} : Promulgation();
}

DocumentType read_type(const JsonObject& parent) {
  const auto json = parent.object("type");
  if (!json) return {};
  return {static_cast<std::uint32_t>(json->number("number", UINT32_MAX)), json->text("name")};
}

SignerInfo read_signer(const JsonObject& parent) {
  const auto json = parent.object("signer");
  if (!json) return {};
  return {json->text("competence"), json->text("position"), json->text("full_name")};
}

std::vector<ResponseFor> read_responses(const JsonObject& parent, std::size_t limit) {
  std::vector<ResponseFor> out;
  for (const JsonObject& json : parent.objects("response_for", limit))
    out.push_back({json.agency("agency"), json.text("id"), read_code(json), json.date("date")});
  return out;
}

Dispatch read_dispatch(const JsonObject& json, std::size_t limit) {
  Dispatch out;
  const auto business = json.choice("business", kBusinessSpellings, Need::required);
  out.business = static_cast<BusinessKind>(business.value_or(0));
  out.business_reason = json.text("business_reason");
  out.code = read_code(json);
  out.promulgation = read_promulgation(json);
  out.type = read_type(json);
  out.subject = json.text("subject");
  out.content = json.text("content");
  out.signer = read_signer(json);
  out.due_date = json.date("due_date");
  out.deliver_by = json.time("deliver_by");
  out.response_for = read_responses(json, limit);
  out.steering = static_cast<SteeringType>(json.number("steering", 3));
  out.paper_follows = json.boolean("paper_follows");
  out.to_places = json.texts("to_places", limit);
  out.application_type = json.text("application_type");
  out.reference_codes = json.texts("reference_codes", limit);
  return out;
}

Status read_status(const JsonObject& json) {
  Status out;
  const auto number = json.number("code", UINT32_MAX, Need::required);
  const auto code = status_code_from(static_cast<std::uint32_t>(number));
  if (code) {
    out.code = *code;
  } else if (!json.causes().names(json.path("code"))) {
    json.causes().add(code.error());
  }
  out.description = json.text("description");
  out.time = json.time("time");
  return out;
}

StaffInfo read_staff(const JsonObject& parent) {
  const auto json = parent.object("staff");
  if (!json) return {};
  return {json->text("department"), json->text("staff"), json->text("email"), json->text("mobile")};
}

std::vector<Attachment> read_attachments(const JsonObject& parent, std::size_t limit) {
  std::vector<Attachment> out;
  for (const JsonObject& json : parent.objects("attachments", limit)) {
    out.push_back({json.text("name", Need::required), json.text("media_type", Need::required),
                   json.number("size", INT64_MAX, Need::required), json.digest("sha256", Need::required)});
  }
  return out;
}

Submission read_submission(const JsonObject& json, const MessageLimits& limits) {
  Submission out;
  out.key = read_key(json);
  out.recipients = json.agencies("recipients", limits.recipients);
  out.kind = static_cast<MessageKind>(json.choice("kind", kKindSpellings, Need::required).value_or(0) + 1);
  out.priority = static_cast<Priority>(json.number("priority", 4, Need::required));
  out.secrecy = json.text("secrecy");
  for (const JsonObject& key : json.objects("references", limits.references))
    out.references.push_back(read_key(key));
  // As in check(), a dispatch's fields are named without a path: "subject".
  if (const auto dispatch = json.object_as("dispatch", "", Need::optional))
    out.dispatch = read_dispatch(*dispatch, limits.references);
  if (const auto status = json.object("status")) out.status = read_status(*status);
  out.staff = read_staff(json);
  out.attachments = read_attachments(json, limits.attachments);
  return out;
}

void check_version(const JsonObject& json) {
  const std::uint64_t version = json.number("version", UINT32_MAX, Need::required);
  if (version != 1 && !json.causes().names("version")) {
    json.causes().add("version", "HEADER_VERSION",
                      "headers of version " + std::to_string(version) + " are not understood here");
  }
}

void check_critical(const JsonObject& json) {
  for (const std::string& name : json.texts("critical", kMaxCritical)) {
    if (std::find(kUnderstood.begin(), kUnderstood.end(), name) == kUnderstood.end()) {
      json.causes().add("critical", "CRITICAL_UNKNOWN",
                        "the header has a part that must be understood and is not: \"" + name + "\"");
    }
  }
}

void read_signed(const JsonObject& json, Header& out) {
  out.signed_at = json.time("time", Need::required).value_or(Timestamp());
  const auto by = json.choice("by", kSignedBySpellings, Need::required);
  out.node = json.agency("node");
  if (!by) return;
  out.signed_by = static_cast<SignedBy>(*by + 1);
  Causes& causes = json.causes();
  if ((out.signed_by == SignedBy::agency) != out.node.empty() && !causes.names("signed.node")) {
    causes.add("signed.node", "SIGNER_MISMATCH",
               "a seal or node names its node here, an agency that signs itself names none");
  }
  const auto& status = out.submission.status;
  if (out.signed_by == SignedBy::node && (!status || status->code != StatusCode::arrived)) {
    causes.add("signed.by", "SIGNER_MISMATCH", "a node signs nothing but status 01 with its own seal");
  }
}

}  // namespace

Result<Header> read_header(BytesView bytes, const MessageLimits& limits) {
  const auto tree = parse_json(bytes, kMaxHeaderBytes);
  Causes causes;
  if (!tree) {
    causes.add(tree.error());
    return std::move(causes).into_error("HEADER_MALFORMED", "the header is not well formed");
  }
  Header out;
  const JsonObject json(*tree, "", causes);
  if (tree->kind != JsonValue::Kind::object) causes.add("", "JSON_TYPE", "an object is due here");
  check_version(json);
  check_critical(json);
  const auto submitted = json.object_as("submitted", "", Need::required);
  if (submitted) out.submission = read_submission(*submitted, limits);
  const auto signed_part = json.object("signed", Need::required);
  if (signed_part) read_signed(*signed_part, out);
  if (submitted) {
    causes.add_where_silent(check(out.submission, limits));
    check_attachment_names(out.submission.attachments, causes);
  }
  if (!causes.empty())
    return std::move(causes).into_error("HEADER_MALFORMED", "the header is not well formed");
  return out;
}

Result<Header> read_kept_header(BytesView json) {
  constexpr std::size_t kMost = kMaxHeaderBytes;  // more elements than bytes there are not
  return read_header(json, {.recipients = kMost,
                            .attachments = kMost,
                            .references = kMost,
                            .attachment_bytes = std::numeric_limits<std::int64_t>::max(),
                            .any_media_type = true});
}

}  // namespace tram::codec
