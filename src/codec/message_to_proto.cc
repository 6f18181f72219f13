#include "codec/date.h"
#include "codec/message_proto.h"

namespace tram::codec {
namespace {

std::string text(const std::optional<std::chrono::year_month_day>& date) {
  return date ? to_text(*date) : std::string();
}

std::string text(const std::optional<Timestamp>& time) { return time ? to_rfc3339(*time) : std::string(); }

void fill(v1::DocumentCode& out, const DocumentCode& code) {
  out.set_number(code.number);
  out.set_notation(code.notation);
}

void fill(v1::SignerInfo& out, const SignerInfo& signer) {
  out.set_competence(signer.competence);
  out.set_position(signer.position);
  out.set_full_name(signer.full_name);
}

void fill(v1::ResponseFor& out, const ResponseFor& earlier) {
  out.set_agency(earlier.agency.text());
  out.set_id(earlier.id);
  if (earlier.code != DocumentCode()) fill(*out.mutable_code(), earlier.code);
  out.set_date(text(earlier.date));
}

void fill(v1::StaffInfo& out, const StaffInfo& staff) {
  out.set_department(staff.department);
  out.set_staff(staff.staff);
  out.set_email(staff.email);
  out.set_mobile(staff.mobile);
}

void fill(v1::Dispatch& out, const Dispatch& d) {
  out.set_business(static_cast<v1::BusinessKind>(d.business));
  out.set_business_reason(d.business_reason);
  fill(*out.mutable_code(), d.code);
  out.mutable_promulgation()->set_place(d.promulgation.place);
  out.mutable_promulgation()->set_date(text(d.promulgation.date));
  out.mutable_type()->set_number(d.type.number);
  out.mutable_type()->set_name(d.type.name);
  out.set_subject(d.subject);
  out.set_content(d.content);
  fill(*out.mutable_signer(), d.signer);
  out.set_due_date(text(d.due_date));
  out.set_deliver_by(text(d.deliver_by));
  for (const ResponseFor& earlier : d.response_for) fill(*out.add_response_for(), earlier);
  out.set_steering(static_cast<std::uint32_t>(d.steering));
  out.set_paper_follows(d.paper_follows);
  for (const std::string& place : d.to_places) out.add_to_places(place);
  out.set_application_type(d.application_type);
  for (const std::string& code : d.reference_codes) out.add_reference_codes(code);
}

void fill(v1::StatusFields& out, const Status& status) {
  out.set_code(static_cast<std::uint32_t>(status.code));
  out.set_description(status.description);
  out.set_time(text(status.time));
}

}  // namespace

v1::MessageKey to_proto(const MessageKey& key) {
  v1::MessageKey out;
  out.set_sender(key.sender.text());
  out.set_id(key.id.text());
  return out;
}

v1::AttachmentInfo to_proto(const Attachment& attachment) {
  v1::AttachmentInfo out;
  out.set_name(attachment.name);
  out.set_media_type(attachment.media_type);
  out.set_size(attachment.size);
  out.set_sha256(std::string(attachment.sha256.bytes()));
  return out;
}

v1::Fields to_proto(const Submission& s) {
  v1::Fields out;
  *out.mutable_key() = to_proto(s.key);
  for (const AgencyCode& code : s.recipients) out.add_recipients(code.text());
  out.set_kind(static_cast<v1::MessageKind>(s.kind));
  out.set_priority(static_cast<v1::Priority>(s.priority));
  out.set_secrecy(s.secrecy);
  for (const MessageKey& named : s.references) *out.add_references() = to_proto(named);
  if (s.dispatch) fill(*out.mutable_dispatch(), *s.dispatch);
  if (s.status) fill(*out.mutable_status(), *s.status);
  if (s.staff != StaffInfo()) fill(*out.mutable_staff(), s.staff);
  for (const Attachment& file : s.attachments) *out.add_attachments() = to_proto(file);
  return out;
}

}  // namespace tram::codec
