#include "codec/attachment_names.h"
#include "codec/header_json.h"
#include "codec/message_proto.h"
#include "codec/proto_fields.h"
#include "codec/text.h"

namespace tram::codec {
namespace {

// Headers of fields below this size are never too long: names and escapes do not make them four times as
// long.
constexpr std::size_t kSurelyShort = 32 * 1024;
constexpr int kMaxSteering = 3;

DocumentCode read(const v1::DocumentCode& code) { return {code.number(), code.notation()}; }

SignerInfo read(const v1::SignerInfo& signer) {
  return {signer.competence(), signer.position(), signer.full_name()};
}

StaffInfo read(const v1::StaffInfo& staff) {
  return {staff.department(), staff.staff(), staff.email(), staff.mobile()};
}

MessageKey read(const v1::MessageKey& key, const std::string& path, Causes& causes) {
  return {read_agency(key.sender(), path + "sender", causes), MessageId(key.id())};
}

ResponseFor read(const v1::ResponseFor& earlier, const std::string& path, Causes& causes) {
  return {read_agency(earlier.agency(), path + ".agency", causes), earlier.id(), read(earlier.code()),
          read_date(earlier.date(), path + ".date", causes)};
}

// Enumerations of proto3 are open: any number may come.
template <class Enumeration>
Enumeration read_number(int number, int max, const std::string& field, Causes& causes) {
  if (number >= 0 && number <= max) return static_cast<Enumeration>(number);
  causes.add(field, "NUMBER_RANGE", "must be from 0 to " + std::to_string(max));
  return Enumeration{};
}

Dispatch read(const v1::Dispatch& d, std::size_t limit, Causes& causes) {
  Dispatch out;
  out.business = read_number<BusinessKind>(d.business(), v1::BusinessKind_MAX, "business", causes);
  out.business_reason = d.business_reason();
  out.code = read(d.code());
  out.promulgation = {d.promulgation().place(),
                      read_date(d.promulgation().date(), "promulgation.date", causes)};
  out.type = {d.type().number(), d.type().name()};
  out.subject = d.subject();
  out.content = d.content();
  out.signer = read(d.signer());
  out.due_date = read_date(d.due_date(), "due_date", causes);
  out.deliver_by = read_time(d.deliver_by(), "deliver_by", causes);
  if (within_limit(d.response_for_size(), limit, "response_for", causes)) {
    for (int i = 0; i < d.response_for_size(); ++i)
      out.response_for.push_back(read(d.response_for(i), numbered("response_for", i), causes));
  }
  const int steering = d.steering() <= kMaxSteering ? static_cast<int>(d.steering()) : -1;
  out.steering = read_number<SteeringType>(steering, kMaxSteering, "steering", causes);
  out.paper_follows = d.paper_follows();
  out.to_places = read_texts(d.to_places(), "to_places", limit, causes);
  out.application_type = d.application_type();
  out.reference_codes = read_texts(d.reference_codes(), "reference_codes", limit, causes);
  return out;
}

Status read(const v1::StatusFields& status, Causes& causes) {
  Status out;
  const auto code = status_code_from(status.code());
  if (code) out.code = *code;
  if (!code) causes.add(code.error());
  out.description = status.description();
  out.time = read_time(status.time(), "status.time", causes);
  return out;
}

Attachment read(const v1::AttachmentInfo& info, const std::string& path, Causes& causes) {
  const auto composed = to_nfc(info.name());  // none of what cannot be a name; check() refuses that
  return {composed ? *composed : info.name(), info.media_type(), info.size(),
          read_digest(info.sha256(), path + "sha256", causes)};
}

Submission read(const v1::Fields& fields, const MessageLimits& limits, Causes& causes) {
  Submission out;
  out.key = read(fields.key(), "", causes);
  out.recipients = read_agencies(fields.recipients(), "recipients", limits.recipients, causes);
  const bool known_kind =
      fields.kind() == v1::MESSAGE_KIND_DISPATCH || fields.kind() == v1::MESSAGE_KIND_STATUS;
  if (known_kind) out.kind = static_cast<MessageKind>(fields.kind());
  if (!known_kind) causes.add("kind", "KIND_MISMATCH", "the message's kind must be given");
  out.priority = read_number<Priority>(fields.priority(), v1::Priority_MAX, "priority", causes);
  out.secrecy = fields.secrecy();
  if (within_limit(fields.references_size(), limits.references, "references", causes)) {
    for (int i = 0; i < fields.references_size(); ++i)
      out.references.push_back(read(fields.references(i), numbered("references", i) + ".", causes));
  }
  if (fields.has_dispatch()) out.dispatch = read(fields.dispatch(), limits.references, causes);
  if (fields.has_status()) out.status = read(fields.status(), causes);
  out.staff = read(fields.staff());
  if (within_limit(fields.attachments_size(), limits.attachments, "attachments", causes)) {
    for (int i = 0; i < fields.attachments_size(); ++i)
      out.attachments.push_back(read(fields.attachments(i), numbered("attachments", i) + ".", causes));
  }
  return out;
}

void check_header_size(const v1::Fields& fields, const Submission& submission, Causes& causes) {
  if (fields.ByteSizeLong() <= kSurelyShort) return;
  Header header;
  header.submission = submission;
  const std::size_t size = write_header(header).size() + kMaxHeaderFrame;
  if (size > kMaxHeaderBytes) {
    causes.add("", "HEADER_TOO_LARGE",
               "the header made of these fields would have " + std::to_string(size) + " bytes, at most " +
                   std::to_string(kMaxHeaderBytes) + " are allowed",
               "name fewer recipients, references or attachments in one message");
  }
}

}  // namespace

Result<Submission> from_proto(const v1::Fields& fields, const MessageLimits& limits) {
  Causes causes;
  Submission out = read(fields, limits, causes);
  causes.add_where_silent(check(out, limits));
  check_attachment_names(out.attachments, causes);
  if (causes.empty()) check_header_size(fields, out, causes);
  if (!causes.empty())
    return std::move(causes).into_error("FIELDS_MALFORMED", "the fields are not well formed");
  return out;
}

Result<MessageKey> from_proto(const v1::MessageKey& key) {
  Causes causes;
  MessageKey out = read(key, "", causes);
  if (out.sender.empty() && causes.empty()) causes.add("sender", "FIELD_EMPTY", "must not be empty");
  if (!is_message_id(out.id.text())) {
    causes.add("id", "MESSAGE_ID_MALFORMED",
               "a message id is 1 to 64 of 0-9 A-Z a-z . _ - and does not begin with a dot");
  }
  if (!causes.empty()) return std::move(causes).into_error("KEY_MALFORMED", "not a message's key");
  return out;
}

Result<Attachment> from_proto(const v1::AttachmentInfo& info) {
  Causes causes;
  Attachment out = read(info, "", causes);
  if (!is_attachment_name(out.name)) causes.add("name", "ATTACHMENT_NAME", "not a file name");
  if (!causes.empty()) return std::move(causes).into_error("ATTACHMENT_MALFORMED", "not an attachment");
  return out;
}

Result<std::vector<AgencyCode>> codes_from_proto(const RepeatedTexts& codes, std::string_view field,
                                                 std::size_t limit) {
  Causes causes;
  const std::string name(field);
  std::vector<AgencyCode> out = read_agencies(codes, name, limit, causes);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string place = numbered(name, static_cast<int>(i));
    if (out[i].empty() && !causes.names(place)) causes.add(place, "FIELD_EMPTY", "must not be empty");
  }
  if (!causes.empty()) return std::move(causes).into_error("CODES_MALFORMED", "not a list of agency codes");
  return out;
}

Result<Digest> digest_from_proto(BytesView bytes, std::string_view field) {
  auto digest = Digest::from_bytes(bytes);
  if (digest) return *digest;
  Error error = digest.error();
  error.field = field;
  return error;
}

}  // namespace tram::codec
