#include "codec/submitted_digest.h"

#include <array>

#include "codec/date.h"

namespace tram::codec {
namespace {

// Gathers the byte string of proto/README.md, "The submitted digest".
class Gatherer {
 public:
  Gatherer& number(std::uint64_t value) {
    std::array<char, 8> big_endian;
    for (std::size_t i = 0; i < big_endian.size(); ++i)
      big_endian[i] = static_cast<char>(value >> (56 - 8 * i) & 0xff);
    bytes_.append(big_endian.data(), big_endian.size());
    return *this;
  }
  Gatherer& text(BytesView value) {
    number(value.size());
    bytes_ += value;
    return *this;
  }
  Gatherer& date(const std::optional<std::chrono::year_month_day>& value) {
    return text(value ? to_text(*value) : std::string());
  }
  Gatherer& time(const std::optional<Timestamp>& value) {
    return text(value ? to_rfc3339(*value) : std::string());
  }
  [[nodiscard]] Digest digest() const { return Sha256::of(bytes_); }

 private:
  Bytes bytes_;
};

void add(Gatherer& out, const MessageKey& key) { out.text(key.sender.text()).text(key.id.text()); }
void add(Gatherer& out, const AgencyCode& code) { out.text(code.text()); }
void add(Gatherer& out, const std::string& text) { out.text(text); }

void add(Gatherer& out, const ResponseFor& earlier) {
  out.text(earlier.agency.text()).text(earlier.id);
  out.text(earlier.code.number).text(earlier.code.notation).date(earlier.date);
}

void add(Gatherer& out, const Attachment& file) {
  out.text(file.name).text(file.media_type).number(file.size).text(file.sha256.bytes());
}

template <class Value>
void add(Gatherer& out, const std::vector<Value>& values) {
  out.number(values.size());
  for (const Value& value : values) add(out, value);
}

void add(Gatherer& out, const Dispatch& d) {
  out.number(static_cast<std::uint64_t>(d.business)).text(d.business_reason);
  out.text(d.code.number).text(d.code.notation);
  out.text(d.promulgation.place).date(d.promulgation.date);
  out.number(d.type.number).text(d.type.name);
  out.text(d.subject).text(d.content);
  out.text(d.signer.competence).text(d.signer.position).text(d.signer.full_name);
  out.date(d.due_date).time(d.deliver_by);
  add(out, d.response_for);
  out.number(static_cast<std::uint64_t>(d.steering)).number(d.paper_follows ? 1 : 0);
  add(out, d.to_places);
  out.text(d.application_type);
  add(out, d.reference_codes);
}

void add(Gatherer& out, const Status& status) {
  out.number(static_cast<std::uint64_t>(status.code)).text(status.description).time(status.time);
}

template <class Value>
void add(Gatherer& out, const std::optional<Value>& value) {
  out.number(value ? 1 : 0);
  if (value) add(out, *value);
}

}  // namespace

Digest submitted_digest(const Submission& s) {
  Gatherer out;
  out.text("tram submitted v1");
  add(out, s.key);
  add(out, s.recipients);
  out.number(static_cast<std::uint64_t>(s.kind)).number(static_cast<std::uint64_t>(s.priority));
  out.text(s.secrecy);
  add(out, s.references);
  add(out, s.dispatch);
  add(out, s.status);
  out.text(s.staff.department).text(s.staff.staff).text(s.staff.email).text(s.staff.mobile);
  add(out, s.attachments);
  return out.digest();
}

}  // namespace tram::codec
