#include "evidence/verification.h"

#include <algorithm>
#include <map>
#include <set>

#include "codec/evidence_json.h"
#include "codec/header_json.h"
#include "evidence/container.h"
#include "evidence/container_reader.h"
#include "evidence/manifest.h"
#include "evidence/receipt_check.h"
#include "log/tlog_proof.h"
#include "trust/cms.h"

namespace tram::evidence {
namespace {

constexpr std::uint64_t kMaxManifest = 1 << 20;
// A proof is at most a checkpoint and 63 hashes of 45 characters; a longer note is refused unread.
constexpr std::uint64_t kMaxProof = log::kMaxNoteSize + 64 * 45 + 256;
constexpr std::uint64_t kMaxLogKeys = 64 * 1024;

/// One container, step by step; each step finds what it can even when one before it failed.
class Verification {
 public:
  Verification(const std::string& path, const VerificationTrust& trust) : trust_(trust) {
    report_.path = path;
  }

  ContainerReport run() {
    auto reader = ContainerReader::open(report_.path);
    if (!reader) {
      report_.causes.push_back(reader.error());
      report_.document = CheckState::bad;
      return std::move(report_);
    }
    reader_ = &*reader;
    report_.causes = reader->problems();
    list_members();
    read_header();
    read_signature();
    compare_manifests();
    check_receipts();
    judge_signature();
    check_contents();
    check_membership();
    conclude();
    return std::move(report_);
  }

 private:
  void add(std::string_view member, std::string reason, std::string message) {
    Error error = failure(ErrorCode::failed_precondition, std::move(reason), std::move(message));
    error.field = member;
    report_.causes.push_back(std::move(error));
  }
  void add_error(std::string_view member, Error error) {
    error.field = member;
    report_.causes.push_back(std::move(error));
  }

  void list_members() {
    for (const auto& member : reader_->members()) {
      by_name_.emplace(member.name, by_name_.size());
      report_.members.push_back({member.name, member.size, CheckState::not_checked});
    }
    expected_.insert(std::string(kMimetypeMember));
  }

  /// A member that must be there, or none with a cause.
  std::optional<Bytes> read(std::string_view member, std::uint64_t limit) {
    expected_.insert(std::string(member));
    const auto found = by_name_.find(std::string(member));
    if (found == by_name_.end()) return std::nullopt;  // check_membership() says so
    auto bytes = reader_->read(found->second, limit);
    if (bytes) return std::move(*bytes);
    report_.causes.push_back(bytes.error());
    return std::nullopt;
  }

  void read_header() {
    const auto bytes = read(kHeaderMember, codec::kMaxHeaderBytes);
    if (!bytes) return;
    report_.header_digest = Sha256::of(*bytes);
    auto header = codec::read_header(*bytes);
    if (!header) return add_error(kHeaderMember, header.error());
    report_.header = std::move(*header);
    manifest_ = derive_manifest(report_.header_digest, report_.header->submission.attachments);
    report_.manifest_digest = Sha256::of(manifest_);
    header_is_sound_ = true;  // until compare_manifests() finds otherwise
  }

  void read_signature() {
    const auto bytes = read(kSignatureMember, trust::kMaxSignatureWithCertificates);
    if (!bytes) return;
    const auto parts = trust::inspect(*bytes);
    const auto stripped = trust::strip_certificates(*bytes);
    if (!parts || !stripped) {
      return add_error(kSignatureMember, parts ? stripped.error() : parts.error());
    }
    std::vector<trust::CertificatePtr> certificates;
    for (const Bytes& der : stripped->certificates) {
      auto certificate = trust::Certificate::from_der(der);
      if (!certificate) return add_error(kSignatureMember, certificate.error());
      certificates.push_back(std::move(*certificate));
    }
    const auto again = trust::with_certificates(stripped->signature, certificates);
    if (!again || *again != *bytes) {
      return add(kSignatureMember, "SIGNATURE_MALFORMED", "is not encoded exactly as its profile demands");
    }
    parts_ = *parts;
    wire_signature_ = stripped->signature;
    certificates_ = std::move(certificates);
  }

  /// The manifest as it lies here, as the header derives it, and as it was signed: the one that differs from
  /// the other two is at fault.
  void compare_manifests() {
    const auto here = read(kManifestMember, kMaxManifest);
    const bool here_is_derived = here && report_.header && *here == manifest_;
    const bool here_is_signed = here && parts_ && Sha256::of(*here) == parts_->content;
    derived_is_signed_ = report_.header && parts_ && report_.manifest_digest == parts_->content;
    if (report_.header && !derived_is_signed_ && !here_is_derived) header_is_sound_ = false;
    if (here_is_signed && !here_is_derived && report_.header) {
      add(kHeaderMember, "HEADER_NOT_SIGNED", "is not the header that the signed manifest names");
    } else if (here && !here_is_derived && !here_is_signed && (report_.header || parts_)) {
      add(kManifestMember, "MANIFEST_MISMATCH", "is not the manifest that the header gives");
      // Without a signature over either, both may have been changed.
      if (!header_is_sound_ && report_.header) {
        add(kHeaderMember, "HEADER_NOT_SIGNED", "is not the header that the manifest here names");
      }
    }
    if (here_is_derived && parts_ && !here_is_signed) {
      add(kSignatureMember, "SIGNATURE_INVALID", "signs another manifest than the header gives");
    }
  }

  void judge_signature() {
    if (!derived_is_signed_) return;
    std::vector<trust::CertificatePtr> intermediates = trust_.intermediates;
    trust::CertificatePtr signer;
    for (const auto& certificate : certificates_) {
      if (certificate->sha256() == parts_->certificate) {
        signer = certificate;
      } else {
        intermediates.push_back(certificate);
      }
    }
    const trust::Verifier verifier(trust_.roots, intermediates);
    const Header& header = *report_.header;
    const auto accepted = proven_acceptance();
    report_.verdict = verifier.verify({.content = manifest_,
                                       .signature = wire_signature_,
                                       .certificate = signer,
                                       .signed_at = header.signed_at,
                                       .signed_by = header.signed_by,
                                       .agency = header.submission.key.sender,
                                       .node = header.node,
                                       .basis = accepted ? TimeBasis::accepting_log : TimeBasis::arrival,
                                       .judged_at = accepted.value_or(trust_.now),
                                       .mapped = trust_.mapped});
    for (const Error& cause : report_.verdict->causes) add_error(kSignatureMember, cause);
    if (report_.verdict->causes.empty() && !report_.verdict->good()) {
      add(kSignatureMember, "SIGNATURE_NOT_CHECKED", "could not be checked in full");
    }
    if (signer) check_path(verifier, signer);
  }

  std::optional<Timestamp> proven_acceptance() const {
    std::optional<Timestamp> earliest;
    for (const ReceiptReport& receipt : report_.receipts) {
      if (receipt.state != CheckState::good || !receipt.record ||
          receipt.record->event != EvidenceEvent::submission_acceptance) {
        continue;
      }
      earliest = std::min(receipt.record->time, earliest.value_or(receipt.record->time));
    }
    return earliest;
  }

  /// A certificate that is no link to the root is covered by nothing: it could be changed unnoticed.
  void check_path(const trust::Verifier& verifier, const trust::CertificatePtr& signer) {
    const auto path = verifier.path_of(signer, report_.verdict->judged_at);
    if (!path) return;  // the verdict says why
    for (const auto& certificate : certificates_) {
      const bool is_link = std::any_of(path->begin(), path->end(), [&](const trust::CertificatePtr& link) {
        return link->sha256() == certificate->sha256();
      });
      if (!is_link) {
        add(kSignatureMember, "CERTIFICATE_UNRELATED",
            "holds a certificate that does not lead from the signer to a root");
      }
    }
  }

  void check_contents() {
    if (!header_is_sound_) return;
    for (const Attachment& file : report_.header->submission.attachments) {
      const std::string member = std::string(kContentFolder) + file.name;
      expected_.insert(member);
      const auto found = by_name_.find(member);
      if (found == by_name_.end()) continue;  // check_membership() says so
      const auto digest = reader_->hash(found->second, file.size);
      if (!digest) {
        report_.causes.push_back(digest.error());
      } else if (reader_->members()[found->second].size != file.size || *digest != file.sha256) {
        add(member, "ATTACHMENT_MISMATCH", "is not the file that the header names: its SHA-256 is another");
      }
    }
  }

  struct ReceiptPair {
    std::optional<std::pair<std::string, ReceiptName>> record, proof;
  };

  void check_receipts() {
    std::map<std::size_t, ReceiptPair> pairs;
    for (const auto& member : reader_->members()) {
      const auto name = parse_receipt_name(member.name);
      if (!name) continue;
      auto& place = name->is_proof ? pairs[name->number].proof : pairs[name->number].record;
      if (!place) place.emplace(member.name, *name);  // a second one stays unexpected
    }
    const auto embedded = read_embedded_keys();
    std::size_t next = 1;
    for (const auto& [number, pair] : pairs) {
      const std::string& member = pair.record ? pair.record->first : pair.proof->first;
      if (number != next) add(member, "RECEIPT_MISSING", "has no receipt with the number before it");
      next = number + 1;
      check_pair(pair, embedded);
    }
    check_embedded_keys(embedded);
  }

  void check_pair(const ReceiptPair& pair, const std::vector<log::VerifierKey>& embedded) {
    if (!pair.record || !pair.proof || pair.record->second.event != pair.proof->second.event) {
      for (const auto& half : {pair.record, pair.proof}) {
        if (!half) continue;
        expected_.insert(half->first);
        add(half->first, "RECEIPT_INCOMPLETE", "needs both a record and its proof under one name");
        report_.receipts.push_back(
            {.member = half->first, .origin = {}, .record = {}, .state = CheckState::bad});
      }
      return;
    }
    auto record = read(pair.record->first, codec::kMaxRecordBytes);
    auto proof = read(pair.proof->first, kMaxProof);
    if (!record || !proof) {
      report_.receipts.push_back(
          {.member = pair.record->first, .origin = {}, .record = {}, .state = CheckState::bad});
      return;
    }
    const ReceiptFiles files{pair.record->second, pair.record->first, pair.proof->first, std::move(*record),
                             std::move(*proof)};
    const ReceiptSubject subject{header_is_sound_ ? &*report_.header : nullptr, report_.header_digest,
                                 report_.manifest_digest, parts_ ? parts_->certificate : Digest()};
    report_.receipts.push_back(check_receipt(files, subject, {trust_.log_keys, embedded}, report_.causes));
  }

  std::vector<log::VerifierKey> read_embedded_keys() {
    if (by_name_.find(std::string(kLogKeysMember)) == by_name_.end()) return {};
    const auto text = read(kLogKeysMember, kMaxLogKeys);
    if (!text) return {};
    auto keys = read_log_keys(*text);
    if (keys) return std::move(*keys);
    report_.causes.push_back(keys.error());
    return {};
  }

  void check_embedded_keys(const std::vector<log::VerifierKey>& embedded) {
    for (const log::VerifierKey& key : embedded) {
      const bool needed =
          std::any_of(report_.receipts.begin(), report_.receipts.end(),
                      [&](const ReceiptReport& receipt) { return receipt.origin == key.name(); });
      if (!needed) add(kLogKeysMember, "LOG_KEY_UNRELATED", "holds the key of a log that no receipt is from");
      const auto& known = trust_.log_keys;
      const bool origin_known =
          std::any_of(known.begin(), known.end(), [&](const auto& one) { return one.name() == key.name(); });
      if (origin_known && std::find(known.begin(), known.end(), key) == known.end()) {
        add(kLogKeysMember, "LOG_KEY_FOREIGN",
            "holds another key of the log " + key.name() + " than is known");
      }
    }
  }

  void check_membership() {
    for (const auto& member : reader_->members()) {
      const bool is_content = member.name.starts_with(kContentFolder);
      if (expected_.contains(member.name) || (is_content && !header_is_sound_)) continue;
      add(member.name, "MEMBER_UNKNOWN", "does not belong into the container of this message");
    }
    for (const std::string& name : expected_) {
      if (!by_name_.contains(name) && name != kMimetypeMember) add(name, "MEMBER_MISSING", "is missing");
    }
  }

  void conclude() {
    std::set<std::string> at_fault;
    bool document_is_bad = !report_.verdict || !report_.verdict->good();
    for (const Error& cause : report_.causes) {
      at_fault.insert(cause.field);
      if (!cause.field.starts_with(kReceiptsFolder)) document_is_bad = true;
    }
    report_.document = document_is_bad ? CheckState::bad : CheckState::good;
    for (MemberReport& member : report_.members) {
      const bool judged = !member.name.starts_with(kContentFolder) || header_is_sound_;
      if (judged) member.state = CheckState::good;
      if (at_fault.contains(member.name)) member.state = CheckState::bad;
    }
    for (const ReceiptReport& receipt : report_.receipts) lower_members(receipt);
    conclude_receipts(at_fault);
  }

  /// A receipt that could not be checked makes neither of its members good.
  void lower_members(const ReceiptReport& receipt) {
    if (receipt.state != CheckState::not_checked) return;
    const std::string_view stem =
        std::string_view(receipt.member).substr(0, receipt.member.size() - kRecordSuffix.size());
    for (MemberReport& member : report_.members) {
      const bool own = member.name == receipt.member || member.name == std::string(stem).append(kProofSuffix);
      if ((own || member.name == kLogKeysMember) && member.state == CheckState::good) {
        member.state = CheckState::not_checked;
      }
    }
  }

  void conclude_receipts(const std::set<std::string>& at_fault) {
    const auto is = [](CheckState state) {
      return [state](const ReceiptReport& receipt) { return receipt.state == state; };
    };
    const auto& all = report_.receipts;
    const bool folder_is_bad = std::any_of(at_fault.begin(), at_fault.end(), [](const std::string& member) {
      return member.starts_with(kReceiptsFolder);
    });
    if (folder_is_bad || std::any_of(all.begin(), all.end(), is(CheckState::bad))) {
      report_.receipts_state = CheckState::bad;
    } else if (!all.empty() && std::all_of(all.begin(), all.end(), is(CheckState::good))) {
      report_.receipts_state = CheckState::good;
    }
  }

  const VerificationTrust& trust_;
  ContainerReport report_;
  const ContainerReader* reader_ = nullptr;
  std::map<std::string, std::size_t> by_name_;
  std::set<std::string> expected_;
  Bytes manifest_;  // derived
  bool header_is_sound_ = false;
  bool derived_is_signed_ = false;
  std::optional<trust::SignatureParts> parts_;
  Bytes wire_signature_;
  std::vector<trust::CertificatePtr> certificates_;
};

}  // namespace

ContainerReport verify_container(const std::string& path, const VerificationTrust& trust) {
  return Verification(path, trust).run();
}

}  // namespace tram::evidence
