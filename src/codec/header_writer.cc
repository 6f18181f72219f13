#include "codec/date.h"
#include "codec/header_fields.h"
#include "codec/header_json.h"
#include "codec/json_writer.h"

namespace tram::codec {
namespace {

using Date = std::optional<std::chrono::year_month_day>;
using Time = std::optional<Timestamp>;

void date_member(JsonWriter& json, std::string_view name, const Date& date) {
  if (date) json.text_member(name, to_text(*date));
}

void time_member(JsonWriter& json, std::string_view name, const Time& time) {
  if (time) json.text_member(name, to_rfc3339(*time));
}

// A nested object whose members may all be empty: it is then left out.
template <class Value, class Write>
void object_member(JsonWriter& json, std::string_view name, const Value& value, Write write) {
  if (value == Value()) return;
  json.name(name).begin_object();
  write(json, value);
  json.end_object();
}

template <class Value, class Write>
void array_member(JsonWriter& json, std::string_view name, const std::vector<Value>& values, Write write) {
  if (values.empty()) return;
  json.name(name).begin_array();
  for (const Value& value : values) write(json, value);
  json.end_array();
}

void write_text(JsonWriter& json, const std::string& text) { json.text(text); }
void write_agency(JsonWriter& json, const AgencyCode& code) { json.text(code.text()); }

void write_key(JsonWriter& json, const MessageKey& key) {
  json.begin_object().text_member("sender", key.sender.text()).text_member("id", key.id.text()).end_object();
}

void write_code(JsonWriter& json, const DocumentCode& code) {
  json.text_member("number", code.number).text_member("notation", code.notation);
}

void write_promulgation(JsonWriter& json, const Promulgation& promulgation) {
  json.text_member("place", promulgation.place);
  date_member(json, "date", promulgation.date);
}

void write_type(JsonWriter& json, const DocumentType& type) {
  json.number_member("number", type.number).text_member("name", type.name);
}

void write_signer(JsonWriter& json, const SignerInfo& signer) {
  json.text_member("competence", signer.competence)
      .text_member("position", signer.position)
      .text_member("full_name", signer.full_name);
}

void write_response_for(JsonWriter& json, const ResponseFor& earlier) {
  json.begin_object().text_member("agency", earlier.agency.text()).text_member("id", earlier.id);
  object_member(json, "code", earlier.code, write_code);
  date_member(json, "date", earlier.date);
  json.end_object();
}

void write_dispatch(JsonWriter& json, const Dispatch& dispatch) {
  json.name("dispatch").begin_object();
  json.name("business").text(spelling(dispatch.business));
  json.text_member("business_reason", dispatch.business_reason);
  object_member(json, "code", dispatch.code, write_code);
  object_member(json, "promulgation", dispatch.promulgation, write_promulgation);
  object_member(json, "type", dispatch.type, write_type);
  json.text_member("subject", dispatch.subject).text_member("content", dispatch.content);
  object_member(json, "signer", dispatch.signer, write_signer);
  date_member(json, "due_date", dispatch.due_date);
  time_member(json, "deliver_by", dispatch.deliver_by);
  array_member(json, "response_for", dispatch.response_for, write_response_for);
  json.number_member("steering", static_cast<std::uint64_t>(dispatch.steering));
  json.true_member("paper_follows", dispatch.paper_follows);
  array_member(json, "to_places", dispatch.to_places, write_text);
  json.text_member("application_type", dispatch.application_type);
  array_member(json, "reference_codes", dispatch.reference_codes, write_text);
  json.end_object();
}

void write_status(JsonWriter& json, const Status& status) {
  json.name("status").begin_object();
  json.name("code").number(static_cast<std::uint64_t>(status.code));
  json.text_member("description", status.description);
  time_member(json, "time", status.time);
  json.end_object();
}

void write_staff(JsonWriter& json, const StaffInfo& staff) {
  json.text_member("department", staff.department)
      .text_member("staff", staff.staff)
      .text_member("email", staff.email)
      .text_member("mobile", staff.mobile);
}

void write_attachment(JsonWriter& json, const Attachment& file) {
  json.begin_object().text_member("name", file.name).text_member("media_type", file.media_type);
  json.name("size").number(file.size).text_member("sha256", file.sha256.hex()).end_object();
}

void write_submitted(JsonWriter& json, const Submission& submission) {
  json.name("submitted").begin_object();
  json.text_member("sender", submission.key.sender.text()).text_member("id", submission.key.id.text());
  array_member(json, "recipients", submission.recipients, write_agency);
  json.name("kind").text(spelling(submission.kind));
  json.name("priority").number(static_cast<std::uint64_t>(submission.priority));
  json.text_member("secrecy", submission.secrecy);
  array_member(json, "references", submission.references, write_key);
  if (submission.dispatch) write_dispatch(json, *submission.dispatch);
  if (submission.status) write_status(json, *submission.status);
  object_member(json, "staff", submission.staff, write_staff);
  array_member(json, "attachments", submission.attachments, write_attachment);
  json.end_object();
}

}  // namespace

Bytes write_header(const Header& header) {
  JsonWriter json;
  json.begin_object().name("version").number(header.version);
  json.name("critical").begin_array().end_array();
  write_submitted(json, header.submission);
  json.name("signed").begin_object();
  json.text_member("time", to_rfc3339(header.signed_at)).text_member("by", spelling(header.signed_by));
  json.text_member("node", header.node.text()).end_object().end_object();
  return std::move(json).take();
}

}  // namespace tram::codec
