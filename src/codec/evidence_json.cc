#include "codec/evidence_json.h"

#include <stdexcept>

#include "codec/header_fields.h"
#include "codec/json_object.h"
#include "codec/json_writer.h"
#include "codec/text.h"
#include "model/message_rules.h"

namespace tram::codec {
namespace {

void digest_member(JsonWriter& json, std::string_view name, const Digest& digest) {
  if (!digest.is_zero()) json.text_member(name, digest.hex());
}

void write_message(JsonWriter& json, const MessageKey& key) {
  if (key.sender.empty() || !is_message_id(key.id.text())) return;
  json.name("message").begin_object();
  json.name("sender").text(key.sender.text()).name("id").text(key.id.text()).end_object();
}

MessageKey read_message(const JsonObject& json) {
  MessageKey out{json.agency("sender", Need::required), MessageId(json.text("id", Need::required))};
  if (!is_message_id(out.id.text()) && !json.causes().names(json.path("id")))
    json.causes().add(json.path("id"), "MESSAGE_ID_MALFORMED", "not a message's id");
  return out;
}

EvidenceRecord read_fields(const JsonObject& json) {
  EvidenceRecord out;
  Causes& causes = json.causes();
  if (json.number("version", UINT32_MAX, Need::required) != 1 && !causes.names("version"))
    causes.add("version", "RECORD_VERSION", "records of this version are not understood here");
  const auto event = evidence_event_from(json.text("event", Need::required));
  if (event) out.event = *event;
  if (!event && !causes.names("event")) causes.add("event", "WORD_UNKNOWN", "not an event known here");
  out.time = json.time("time", Need::required).value_or(Timestamp());
  out.node = json.agency("node", Need::required);
  if (const auto message = json.object("message")) out.message = read_message(*message);
  out.recipients = json.agencies("recipients", kMaxRecordRecipients);
  out.header = json.digest("header");
  out.manifest = json.digest("manifest");
  out.signer = json.digest("signer");
  if (const auto by = json.choice("signed_by", kSignedBySpellings))
    out.signed_by = static_cast<SignedBy>(*by + 1);
  out.verdict = json.text("verdict");
  out.peer = json.text("peer");
  out.reason = json.text("reason");
  out.detail = json.text("detail");
  return out;
}

}  // namespace

Bytes write_record(const EvidenceRecord& record) {
  if (record.recipients.size() > kMaxRecordRecipients)
    throw std::length_error("an evidence record of too many recipients");
  JsonWriter json;
  json.begin_object().name("version").number(1);
  json.name("event").text(name(record.event)).name("time").text(to_rfc3339(record.time));
  json.name("node").text(record.node.text());
  if (record.message) write_message(json, *record.message);
  if (!record.recipients.empty()) {
    json.name("recipients").begin_array();
    for (const AgencyCode& code : record.recipients) json.text(code.text());
    json.end_array();
  }
  digest_member(json, "header", record.header);
  digest_member(json, "manifest", record.manifest);
  digest_member(json, "signer", record.signer);
  if (record.signed_by) json.text_member("signed_by", spelling(*record.signed_by));
  json.text_member("verdict", clean_text(record.verdict, kMaxRecordText));
  json.text_member("peer", clean_text(record.peer, kMaxRecordText));
  json.text_member("reason", clean_text(record.reason, kMaxRecordText));
  json.text_member("detail", clean_text(record.detail, kMaxRecordText));
  return std::move(json.end_object()).take();
}

Result<EvidenceRecord> read_record(BytesView bytes) {
  const auto tree = parse_json(bytes, kMaxRecordBytes);
  Causes causes;
  EvidenceRecord out;
  if (!tree) {
    causes.add(tree.error());
  } else {
    out = read_fields(JsonObject(*tree, "", causes));
  }
  if (!causes.empty())
    return std::move(causes).into_error("RECORD_MALFORMED", "the evidence record is not well formed");
  return out;
}

}  // namespace tram::codec
