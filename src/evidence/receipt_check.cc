#include "evidence/receipt_check.h"

#include "codec/evidence_json.h"
#include "log/tlog_proof.h"

namespace tram::evidence {
namespace {

class ReceiptCheck {
 public:
  ReceiptCheck(const ReceiptFiles& files, const ReceiptSubject& subject, const LogKeys& keys,
               std::vector<Error>& causes)
      : files_(files), subject_(subject), keys_(keys), causes_(causes) {}

  ReceiptReport run() {
    report_.member = files_.record_member;
    check_record();
    check_proof();
    if (is_bad_) {
      report_.state = CheckState::bad;
    } else if (subject_.header == nullptr) {
      report_.doubt = "the header here is not the one that was signed";
    } else if (report_.key == KeySource::given) {
      report_.state = CheckState::good;
    }
    return std::move(report_);
  }

 private:
  void add(const std::string& member, ErrorCode code, std::string reason, std::string message) {
    Error error = failure(code, std::move(reason), std::move(message));
    error.field = member;
    causes_.push_back(std::move(error));
    is_bad_ = true;
  }
  void bad_record(std::string reason, std::string message) {
    add(files_.record_member, ErrorCode::failed_precondition, std::move(reason), std::move(message));
  }
  void bad_proof(const Error& error) { add(files_.proof_member, error.code, error.reason, error.message); }

  void check_record() {
    auto record = codec::read_record(files_.record);
    if (!record) return bad_record(record.error().reason, record.error().text());
    report_.record = std::move(*record);
    if (report_.record->event != files_.name.event) {
      bad_record("RECEIPT_NAME", "speaks of another event than its name says");
    }
    if (subject_.header != nullptr) check_subject(*report_.record, subject_.header->submission.key);
  }

  void check_subject(const EvidenceRecord& record, const MessageKey& message) {
    if (record.message != message) bad_record("RECEIPT_FOREIGN", "speaks of another message");
    if (record.header.is_zero() && record.manifest.is_zero()) {
      bad_record("RECEIPT_FOREIGN", "does not say of which content it speaks");
    }
    if (differs(record.header, subject_.header_digest)) {
      bad_record("RECEIPT_FOREIGN", "speaks of another header of this message");
    }
    if (differs(record.manifest, subject_.manifest_digest)) {
      bad_record("RECEIPT_FOREIGN", "speaks of another manifest of this message");
    }
    if (!subject_.signer.is_zero() && differs(record.signer, subject_.signer)) {
      bad_record("RECEIPT_FOREIGN", "speaks of another signer of this message");
    }
  }

  /// A record leaves out what it does not speak of.
  static bool differs(const Digest& claimed, const Digest& actual) {
    return !claimed.is_zero() && claimed != actual;
  }

  void check_proof() {
    const auto proof = log::parse_tlog_proof(files_.proof);
    if (!proof) return bad_proof(proof.error());
    report_.index = proof->index;
    if (!proof->extra.empty() || log::format_tlog_proof(*proof) != files_.proof) {
      return bad_proof(invalid("", "TLOG_PROOF_MALFORMED", "holds more than the proof"));
    }
    const auto note = log::parse_note(proof->checkpoint);
    if (!note) return bad_proof(note.error());
    const auto checkpoint = log::parse_checkpoint(note->text);
    if (!checkpoint) return bad_proof(checkpoint.error());
    report_.origin = checkpoint->origin;
    report_.tree_size = checkpoint->size;
    check_signature(*note);
    check_inclusion(*proof, *checkpoint);
  }

  void check_signature(const log::Note& note) {
    // What no key of the log covers could be changed unnoticed.
    if (note.signatures.size() != 1 || note.signatures[0].name != report_.origin) {
      return bad_proof(
          invalid("", "UNEXPECTED_SIGNATURE", "the checkpoint carries other signatures than its log's own"));
    }
    const log::VerifierKey* key = find(keys_.known, note.signatures[0].id);
    const bool given = key != nullptr;
    if (!given) key = find(keys_.embedded, note.signatures[0].id);
    if (key == nullptr) return;
    report_.key = given ? KeySource::given : KeySource::container;
    const auto verified = log::verify_note(note, {key, 1});
    if (!verified) bad_proof(verified.error());
  }

  /// The log's key with that id; else any other of that log, under which the note then is unsigned.
  const log::VerifierKey* find(std::span<const log::VerifierKey> keys, const log::KeyId& id) const {
    const log::VerifierKey* found = nullptr;
    for (const log::VerifierKey& key : keys) {
      if (key.name() != report_.origin) continue;
      if (key.id() == id) return &key;
      found = &key;
    }
    return found;
  }

  void check_inclusion(const log::TlogProof& proof, const log::Checkpoint& checkpoint) {
    const auto proven = log::verify_entry(files_.record, proof.index, proof.path, checkpoint);
    if (proven) return;
    // Nothing tells which of the two was changed.
    bad_record(proven.error().reason, "is not the entry that the proof beside it proves");
    bad_proof(failure(proven.error().code, proven.error().reason, "does not prove the record beside it"));
  }

  const ReceiptFiles& files_;
  const ReceiptSubject& subject_;
  const LogKeys& keys_;
  std::vector<Error>& causes_;
  ReceiptReport report_;
  bool is_bad_ = false;
};

}  // namespace

ReceiptReport check_receipt(const ReceiptFiles& files, const ReceiptSubject& subject, const LogKeys& keys,
                            std::vector<Error>& causes) {
  return ReceiptCheck(files, subject, keys, causes).run();
}

Result<std::vector<log::VerifierKey>> read_log_keys(BytesView text) {
  const Error malformed =
      invalid(std::string(kLogKeysMember), "LOG_KEYS_MALFORMED", "is not a sorted list of log keys");
  std::vector<log::VerifierKey> keys;
  std::string_view last;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == BytesView::npos) return malformed;
    const std::string_view line = text.substr(0, end);
    const auto key = log::VerifierKey::parse(line);
    if (!key || key->vkey() != line || line <= last) return malformed;
    keys.push_back(*key);
    last = line;
    text.remove_prefix(end + 1);
  }
  if (keys.empty()) return malformed;
  return keys;
}

}  // namespace tram::evidence
