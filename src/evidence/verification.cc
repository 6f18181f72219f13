#include "evidence/verification.h"

#include <algorithm>
#include <set>

#include "codec/header_json.h"
#include "evidence/container.h"
#include "evidence/container_reader.h"
#include "evidence/manifest.h"
#include "evidence/receipt_set.h"
#include "evidence/signature_check.h"

namespace tram::evidence {
namespace {

constexpr std::uint64_t kMaxManifest = 1 << 20;

/// One container, step by step; each step finds what it can even when one before it failed.
class Verification {
 public:
  Verification(const ContainerReader& reader, const VerificationTrust& trust, ContainerReport& report)
      : members_(reader), trust_(trust), report_(report) {}

  void run() {
    members_.expect(kMimetypeMember);  // ContainerReader has looked into it
    read_header();
    read_signature();
    compare_manifests();
    const ReceiptSubject subject{header_is_sound_ ? &*report_.header : nullptr, report_.header_digest,
                                 report_.manifest_digest,
                                 signature_ ? signature_->parts.certificate : Digest()};
    ReceiptFindings found = check_receipts(members_, subject, trust_);
    report_.receipts = std::move(found.receipts);
    report_.log_keys = std::move(found.log_keys);
    report_.forwarded = std::move(found.forwarded);
    judge(subject);
    if (header_is_sound_) check_attachments();
    members_.check_membership(header_is_sound_ ? std::string_view() : kContentFolder);
    report_.causes = std::move(members_.causes());
    conclude();
  }

 private:
  void read_header() {
    const auto bytes = members_.read(kHeaderMember, codec::kMaxHeaderBytes);
    if (!bytes) return;
    report_.header_digest = Sha256::of(*bytes);
    auto header = codec::read_kept_header(*bytes);
    if (!header) return members_.add(kHeaderMember, header.error());
    report_.header = std::move(*header);
    manifest_ = derive_manifest(report_.header_digest, report_.header->submission.attachments);
    report_.manifest_digest = Sha256::of(manifest_);
  }

  void read_signature() {
    const auto bytes = members_.read(kSignatureMember, trust::kMaxSignatureWithCertificates);
    if (!bytes) return;
    auto signature = read_exported_signature(*bytes);
    if (!signature) return members_.add(kSignatureMember, signature.error());
    signature_ = std::move(*signature);
  }

  /// The manifest as it lies here, as the header derives it, and as it was signed: the one that differs from
  /// the other two is at fault.
  void compare_manifests() {
    const auto here = members_.read(kManifestMember, kMaxManifest);
    const bool here_is_derived = here && report_.header && *here == manifest_;
    const bool here_is_signed = here && signature_ && Sha256::of(*here) == signature_->parts.content;
    derived_is_signed_ = report_.header && signature_ && report_.manifest_digest == signature_->parts.content;
    header_is_sound_ = report_.header && (here_is_derived || derived_is_signed_);

    const bool can_compare = here && (report_.header || signature_);
    if (can_compare && !here_is_derived && !here_is_signed) {
      members_.add(kManifestMember, "MANIFEST_MISMATCH", "is not the manifest that the header gives");
    }
    // The header too, when nothing speaks for it: not even the manifest just refused.
    if (here && report_.header && !header_is_sound_) {
      members_.add(kHeaderMember, "HEADER_NOT_SIGNED", "is not the header that the signed manifest names");
    }
    if (here_is_derived && signature_ && !here_is_signed) {
      members_.add(kSignatureMember, "SIGNATURE_INVALID", "signs another manifest than the header gives");
    }
  }

  void judge(const ReceiptSubject& subject) {
    if (!derived_is_signed_) return;
    const JudgingTime time = judging_time(report_.receipts, subject, trust_);
    std::vector<Error> causes;
    report_.verdict = judge_signature(*signature_, {manifest_, *report_.header, time}, trust_, causes);
    report_.time_node = time.node;
    for (Error& cause : causes) members_.add(kSignatureMember, std::move(cause));
  }

  void check_attachments() {
    for (const Attachment& file : report_.header->submission.attachments) {
      members_.compare(std::string(kContentFolder) + file.name, file.size, file.sha256);
    }
  }

  void conclude() {
    std::set<std::string_view> at_fault;
    for (const Error& cause : report_.causes) at_fault.insert(cause.field);
    const auto unproven = unproven_members();
    for (const auto& member : members_.all()) {
      const bool is_judged = header_is_sound_ || !member.name.starts_with(kContentFolder);
      CheckState state =
          is_judged && !unproven.contains(member.name) ? CheckState::good : CheckState::not_checked;
      if (at_fault.contains(member.name)) state = CheckState::bad;
      report_.members.push_back({member.name, member.size, state});
    }
    conclude_document(at_fault);
    conclude_receipts(at_fault);
  }

  /// A receipt that could not be checked makes neither of its members good, nor the keys in the container.
  [[nodiscard]] std::set<std::string> unproven_members() const {
    std::set<std::string> out;
    for (const ReceiptReport& receipt : report_.receipts) {
      if (receipt.state != CheckState::not_checked) continue;
      const std::string stem = receipt.member.substr(0, receipt.member.size() - kRecordSuffix.size());
      out.insert({receipt.member, stem + std::string(kProofSuffix), std::string(kLogKeysMember)});
    }
    return out;
  }

  static bool is_of_receipts(std::string_view member) { return member.starts_with(kReceiptsFolder); }

  void conclude_document(const std::set<std::string_view>& at_fault) {
    const bool is_good = report_.verdict && report_.verdict->good() &&
                         std::all_of(at_fault.begin(), at_fault.end(), is_of_receipts);
    report_.document = is_good ? CheckState::good : CheckState::bad;
  }

  void conclude_receipts(const std::set<std::string_view>& at_fault) {
    const auto is_good = [](const ReceiptReport& receipt) { return receipt.state == CheckState::good; };
    const auto& all = report_.receipts;
    if (std::any_of(at_fault.begin(), at_fault.end(), is_of_receipts)) {
      report_.receipts_state = CheckState::bad;
    } else if (!all.empty() && std::all_of(all.begin(), all.end(), is_good)) {
      report_.receipts_state = CheckState::good;
    }
  }

  MemberTable members_;
  const VerificationTrust& trust_;
  ContainerReport& report_;
  Bytes manifest_;  // derived
  std::optional<ExportedSignature> signature_;
  bool derived_is_signed_ = false;
  bool header_is_sound_ = false;  // the manifest here, or the signature, is over it
};

}  // namespace

ContainerReport verify_container(const std::string& path, const VerificationTrust& trust) {
  ContainerReport report;
  report.path = path;
  const auto reader = ContainerReader::open(path);
  if (reader) {
    Verification(*reader, trust, report).run();
  } else {
    report.causes.push_back(reader.error());
    report.document = CheckState::bad;
  }
  return report;
}

}  // namespace tram::evidence
