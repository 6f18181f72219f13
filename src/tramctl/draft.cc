#include "tramctl/draft.h"

#include <optional>

#include "base/identifier.h"
#include "codec/message_proto.h"
#include "tramctl/arguments.h"

namespace tram::client {
namespace {

// Collects what is wrong with single options, so that all of it is said at once.
class Parsing {
 public:
  template <class T>
  T take(Result<T> parsed) {
    if (parsed) return std::move(*parsed);
    error_.causes.push_back(parsed.error());
    return T{};
  }
  std::optional<std::chrono::year_month_day> date(const std::string& text, const std::string& option) {
    if (text.empty()) return std::nullopt;
    return take(date_from(text, option));
  }
  std::optional<Timestamp> time(const std::string& text, const std::string& option) {
    if (text.empty()) return std::nullopt;
    return take(time_from(text, option));
  }
  [[nodiscard]] bool failed() const { return !error_.causes.empty(); }
  [[nodiscard]] Error error() && { return usage(std::move(error_)); }

 private:
  Error error_;
};

// By the rules that the node itself applies, and with names brought to NFC.
Result<Submission> well_formed(const Submission& draft) {
  Result<Submission> checked = codec::from_proto(codec::to_proto(draft));
  if (!checked) return usage(checked.error());
  return checked;
}

StaffInfo staff_of(const StaffOptions& options) {
  return {options.department, options.staff, options.email, options.mobile};
}

MessageKey key_of(Parsing& parsing, const SubmitOptions& options, const AgencyCode& sender, Timestamp now) {
  return parsing.take(key_from(options.id.empty() ? make_uuid7(now) : options.id, sender, "--id"));
}

Dispatch dispatch_of(Parsing& parsing, const SendOptions& options) {
  Dispatch out;
  out.business = parsing.take(business_from(options.business));
  out.business_reason = options.reason;
  out.code = {options.number, options.notation};
  out.promulgation = {options.place, parsing.date(options.date, "--date")};
  out.type = {options.type_number, options.type};
  out.subject = options.subject;
  out.content = options.content;
  out.signer = {options.competence, options.signer_position, options.signer_name};
  out.due_date = parsing.date(options.due_date, "--due-date");
  out.deliver_by = parsing.time(options.deliver_by, "--deliver-by");
  for (const std::string& text : options.response_for)
    out.response_for.push_back(parsing.take(response_from(text)));
  if (options.steering > 3)
    parsing.take<int>(invalid("--steering", "STEERING_UNKNOWN", "it is 0 to 3"));
  else
    out.steering = static_cast<SteeringType>(options.steering);
  out.paper_follows = options.paper_follows;
  out.to_places = options.to_places;
  out.application_type = options.application_type;
  out.reference_codes = options.reference_codes;
  return out;
}

}  // namespace

Result<Submission> draft_document(const SendOptions& options, const AgencyCode& sender,
                                  std::vector<Attachment> attachments, Timestamp now) {
  Parsing parsing;
  Submission out;
  out.key = key_of(parsing, options.submit, sender, now);
  for (const std::string& code : options.to)
    out.recipients.push_back(parsing.take(agency_from(code, "--to")));
  out.priority = parsing.take(priority_from(options.priority));
  for (const std::string& text : options.references)
    out.references.push_back(parsing.take(key_from(text, sender, "--reference")));
  out.dispatch = dispatch_of(parsing, options);
  out.staff = staff_of(options.staff);
  out.attachments = std::move(attachments);
  if (parsing.failed()) return std::move(parsing).error();
  return well_formed(out);
}

Result<Submission> draft_status(const StatusOptions& options, const AgencyCode& sender,
                                const MessageKey& about, Timestamp now) {
  Parsing parsing;
  Submission out;
  out.key = key_of(parsing, options.submit, sender, now);
  out.recipients = {about.sender};
  out.kind = MessageKind::status;
  out.priority = parsing.take(priority_from(options.priority));
  out.references = {about};
  std::optional<Timestamp> time = parsing.time(options.time, "--time");
  // Signing times are whole seconds. Under an id that may be sent again, content must not depend on the
  // clock.
  if (!time && options.submit.id.empty()) time = now;
  out.status = Status{parsing.take(status_from(options.code)), options.description, time};
  out.staff = staff_of(options.staff);
  if (parsing.failed()) return std::move(parsing).error();
  return well_formed(out);
}

}  // namespace tram::client
