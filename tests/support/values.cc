#include "tests/support/values.h"

#include "base/encoding.h"
#include "codec/header_json.h"
#include "evidence/manifest.h"

namespace tram::sim {

AgencyCode code(std::string_view text) { return AgencyCode::parse(text).value(); }

std::vector<AgencyCode> codes(const std::vector<std::string>& texts) {
  std::vector<AgencyCode> out;
  for (const std::string& text : texts) out.push_back(code(text));
  return out;
}

Submission dispatch(std::string_view sender, const std::string& id,
                    const std::vector<std::string>& recipients) {
  Submission out;
  out.key = {code(sender), MessageId(id)};
  out.recipients = codes(recipients);
  out.dispatch.emplace();
  out.dispatch->code = {"125", "UBND-NC"};
  out.dispatch->type = {18, "Công văn"};
  out.dispatch->subject = "V/v báo cáo kết quả sắp xếp tổ chức bộ máy";
  return out;
}

Submission status(const AgencyCode& sender, const std::string& id, const MessageKey& about,
                  StatusCode status) {
  Submission out;
  out.key = {sender, MessageId(id)};
  out.recipients = {about.sender};
  out.kind = MessageKind::status;
  out.references = {about};
  out.status = Status{status, "", std::nullopt};
  return out;
}

File file(const std::string& name, Bytes bytes) {
  Attachment attachment{name, "application/pdf", bytes.size(), Sha256::of(bytes)};
  return {std::move(attachment), std::move(bytes)};
}

exchange::SubmissionRequest request(Submission fields, const std::vector<File>& files) {
  exchange::SubmissionRequest out;
  for (const File& each : files) {
    fields.attachments.push_back(each.attachment);
    out.contents.push_back({false, each.bytes});
  }
  out.submission = std::move(fields);
  return out;
}

exchange::SignedSubmission sign(const Submission& fields, Timestamp signed_at,
                                const PracticeCertificate& certificate) {
  Header header;
  header.submission = fields;
  header.signed_at = signed_at;
  header.signed_by = SignedBy::agency;
  exchange::SignedSubmission out;
  out.header = codec::write_header(header);
  const Bytes manifest = evidence::derive_manifest(Sha256::of(out.header), fields.attachments);
  out.signature = practice_signature(certificate, manifest, signed_at);
  out.certificate = certificate.der();
  return out;
}

PracticeCertificate seal_of(const AgencyCode& agency) {
  PracticeCertificate out;
  out.speaks_for = agency;
  return out;
}

PracticeCertificate seal_of_node(const AgencyCode& node) {
  PracticeCertificate out;
  out.speaks_for = node;
  out.serial = "node";
  return out;
}

Digest tls(const std::string& whose) { return Sha256::of("tls " + whose); }

log::NoteSigner log_key(const std::string& origin) {
  // RFC 8410: the fixed beginning of a PKCS#8 Ed25519 key, then its 32 bytes.
  const Bytes der = from_hex("302e020100300506032b657004220420").value() +
                    Bytes(Sha256::of("log key of " + origin).bytes());
  const std::string pem = "-----BEGIN PRIVATE KEY-----\n" + to_base64(der) + "\n-----END PRIVATE KEY-----\n";
  return log::NoteSigner::make(origin, trust::Ed25519PrivateKey::from_pem(pem).value()).value();
}

}  // namespace tram::sim
